"""
The bank's own file: book, vault and journal in one SQLite database, write-ahead log on.

An answer that left the process is in the file, so a SIGKILL loses nothing (a power cut may: synchronous=NORMAL; see docs/bank-wire.md).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Raised with every change of the tables; an older file is carried over, see `_carry_over`.
_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    bank_id TEXT NOT NULL, request_id TEXT NOT NULL, operation TEXT NOT NULL, content TEXT NOT NULL, status TEXT NOT NULL,
    final_status TEXT, bank_reference TEXT NOT NULL, amount INTEGER, currency TEXT, decline_code TEXT, message TEXT, ready_at TEXT,
    challenge_url TEXT, trigger_source TEXT, trigger_outcome TEXT, authorisation_request_id TEXT, payment_reference TEXT, callback_url TEXT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, account TEXT, return_url TEXT, challenge_token TEXT, approved_status TEXT,
    PRIMARY KEY (bank_id, request_id)
);
CREATE INDEX IF NOT EXISTS requests_ready ON requests (ready_at) WHERE final_status IS NOT NULL;
CREATE INDEX IF NOT EXISTS requests_authorisation ON requests (bank_id, authorisation_request_id);
CREATE INDEX IF NOT EXISTS requests_account ON requests (bank_id, account) WHERE account IS NOT NULL;
CREATE INDEX IF NOT EXISTS requests_payment ON requests (bank_id, payment_reference);
CREATE TABLE IF NOT EXISTS tokens (
    bank_id TEXT NOT NULL, token TEXT NOT NULL, network TEXT, last4 TEXT NOT NULL, trigger TEXT, holder_trigger TEXT, expires_at TEXT NOT NULL,
    account TEXT, PRIMARY KEY (bank_id, token)
);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, bank_id TEXT NOT NULL, request_id TEXT NOT NULL, payment_reference TEXT, kind TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, at TEXT NOT NULL, account TEXT, copy INTEGER NOT NULL DEFAULT 0, UNIQUE (bank_id, request_id, kind, copy)
);
CREATE INDEX IF NOT EXISTS entries_account ON entries (bank_id, account) WHERE account IS NOT NULL;
CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY, bank_id TEXT NOT NULL, request_id TEXT NOT NULL, url TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL,
    status TEXT, fault TEXT, due_at TEXT, tries INTEGER NOT NULL DEFAULT 0, result TEXT, dispute_id TEXT
);
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS callbacks_request ON callbacks (bank_id, request_id);
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY, bank_id TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, request_id TEXT, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_bank ON journal (bank_id, seq);
CREATE TABLE IF NOT EXISTS settlement_faults (
    bank_id TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, request_id TEXT NOT NULL, amount INTEGER,
    PRIMARY KEY (bank_id, position)
);
CREATE TABLE IF NOT EXISTS programmed (bank_id TEXT NOT NULL PRIMARY KEY, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scenarios (
    bank_id TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL, loaded_at TEXT NOT NULL,
    PRIMARY KEY (bank_id, name)
);
CREATE TABLE IF NOT EXISTS rule_uses (
    bank_id TEXT NOT NULL, scenario TEXT NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL, uses INTEGER NOT NULL,
    PRIMARY KEY (bank_id, scenario, rule, subject)
);
CREATE TABLE IF NOT EXISTS accounts (
    bank_id TEXT NOT NULL, account TEXT NOT NULL, label TEXT NOT NULL, currency TEXT NOT NULL, opening INTEGER NOT NULL,
    PRIMARY KEY (bank_id, account)
);
CREATE TABLE IF NOT EXISTS disputes (
    bank_id TEXT NOT NULL, dispute_id TEXT NOT NULL, request_id TEXT NOT NULL, payment_reference TEXT, reason TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, status TEXT NOT NULL, opens_at TEXT NOT NULL, closed_at TEXT, PRIMARY KEY (bank_id, dispute_id)
);
CREATE INDEX IF NOT EXISTS disputes_due ON disputes (opens_at) WHERE status = 'planned';
"""
#: Every table that holds something of one bank; the reset empties them.
TABLES = (
    "requests", "tokens", "entries", "callbacks", "journal", "settlement_faults", "programmed", "scenarios", "rule_uses", "accounts", "disputes",
)  # fmt: skip


class NewerFile(Exception):
    """
    The state folder was written by a newer paywright.
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
        self._carry_over()
        self._connection.executescript(_SCHEMA)
        self._connection.execute(f"PRAGMA user_version = {_VERSION}")

    def _carry_over(self) -> None:
        """
        Bring an older file to today's tables: same names, new columns empty.  Raises `NewerFile`.
        """
        found = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if found > _VERSION:
            raise NewerFile(
                f"bank.sqlite3 has version {found}, this bank knows {_VERSION}: update paywright."
            )
        old = {
            str(row[0])
            for row in self._connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        }
        if found == _VERSION or "requests" not in old:
            return
        with self.transaction():
            for index in self._connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            ).fetchall():
                self._connection.execute(f"DROP INDEX {index[0]}")
            for table in sorted(old):
                self._connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
            for statement in _SCHEMA.split(";"):
                self._connection.execute(statement)
            for table in sorted(old):
                here, there = self._columns(table), self._columns(f"old_{table}")
                names = ", ".join(name for name in there if name in here)
                copy = f"INSERT INTO {table} ({names}) SELECT {names} FROM old_{table}"  # noqa: S608  names of our tables
                self._connection.execute(copy)
                self._connection.execute(f"DROP TABLE old_{table}")

    def _columns(self, table: str) -> list[str]:
        return [str(row[1]) for row in self._connection.execute(f"PRAGMA table_info({table})")]

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
