"""
The bank's own file: book, vault and journal in one SQLite database, write-ahead log on.

An answer that left the process is in the file, so a SIGKILL loses nothing (a power cut may: synchronous=NORMAL; see docs/bank-wire.md).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    bank_id TEXT NOT NULL, request_id TEXT NOT NULL, operation TEXT NOT NULL, content TEXT NOT NULL, status TEXT NOT NULL,
    final_status TEXT, bank_reference TEXT NOT NULL, amount INTEGER, currency TEXT, decline_code TEXT, message TEXT, ready_at TEXT,
    challenge_url TEXT, trigger_source TEXT, trigger_outcome TEXT, authorisation_request_id TEXT, payment_reference TEXT, callback_url TEXT,
    callback_due_at TEXT, callback_tries INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    PRIMARY KEY (bank_id, request_id)
);
CREATE INDEX IF NOT EXISTS requests_ready ON requests (ready_at) WHERE final_status IS NOT NULL;
CREATE INDEX IF NOT EXISTS requests_callback ON requests (callback_due_at) WHERE callback_due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS requests_authorisation ON requests (bank_id, authorisation_request_id);
CREATE TABLE IF NOT EXISTS tokens (
    bank_id TEXT NOT NULL, token TEXT NOT NULL, network TEXT, last4 TEXT NOT NULL, trigger TEXT, holder_trigger TEXT, expires_at TEXT NOT NULL,
    PRIMARY KEY (bank_id, token)
);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, bank_id TEXT NOT NULL, request_id TEXT NOT NULL, payment_reference TEXT, kind TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (bank_id, request_id, kind)
);
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY, bank_id TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, request_id TEXT, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_bank ON journal (bank_id, seq);
CREATE TABLE IF NOT EXISTS settlement_faults (
    bank_id TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, request_id TEXT NOT NULL, amount INTEGER,
    PRIMARY KEY (bank_id, position)
);
CREATE TABLE IF NOT EXISTS programmed (bank_id TEXT NOT NULL PRIMARY KEY, outcome TEXT NOT NULL);
"""


class BankFile:
    """
    One connection; the bank is one process with one thread.
    """

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            ":memory:" if folder is None else folder / "bank.sqlite3",
            isolation_level=None,
            cached_statements=256,
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;"
        )
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """
        Fold the log into the file and let go.
        """
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """
        All or nothing.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def run(self, statement: str, **values: Any) -> int:
        """
        Run a writing statement; the number of rows changed.
        """
        return self._connection.execute(statement, values).rowcount

    def rows(self, statement: str, **values: Any) -> list[sqlite3.Row]:
        """
        Every row of a query.
        """
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, **values: Any) -> sqlite3.Row | None:
        """
        The first row of a query, or None.
        """
        found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return found
