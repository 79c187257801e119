"""
What arrived, in one SQLite file: raw bytes, headers, times, verdict.
"""

import base64
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sdk.python.webhooks import Check

_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, inbox TEXT NOT NULL, received_at TEXT NOT NULL, arrived_monotonic_s REAL NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, event TEXT, webhook_id TEXT, dedupe_key TEXT NOT NULL, verified INTEGER NOT NULL,
    duplicate INTEGER NOT NULL, processed INTEGER NOT NULL, answer_status INTEGER NOT NULL, legacy TEXT NOT NULL, standard TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS received_inbox ON received (inbox, seq);
CREATE INDEX IF NOT EXISTS received_dedupe ON received (inbox, dedupe_key) WHERE processed = 1;
"""
_SEQ_DIGITS_MAX = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    One HTTP request as it arrived, with the verdict on it.
    """

    inbox: str
    received_at: str
    arrived_monotonic_s: float
    method: str
    path: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    event: str | None
    webhook_id: str | None
    dedupe_key: str
    verified: bool
    duplicate: bool
    processed: bool
    answer_status: int
    legacy: Check
    standard: Check


class Inbox:
    """
    All inboxes of this process.
    """

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            ":memory:" if folder is None else folder / "received.sqlite3", isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;"
        )
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """
        Let go of the file.
        """
        self._connection.close()

    def was_processed(self, inbox: str, dedupe_key: str) -> bool:
        """
        Whether this webhook was processed before.  Recorded after processing only, so a failed handler sees it again.
        """
        row = self._connection.execute(
            "SELECT 1 FROM received WHERE inbox = ? AND dedupe_key = ? AND processed = 1 LIMIT 1",
            (inbox, dedupe_key),
        ).fetchone()
        return row is not None

    def add(self, delivery: Delivery) -> int:
        """
        Keep a delivery; its sequence number.
        """
        cursor = self._connection.execute(
            "INSERT INTO received (inbox, received_at, arrived_monotonic_s, method, path, headers, body, event, webhook_id, dedupe_key, "
            "verified, duplicate, processed, answer_status, legacy, standard) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                delivery.inbox,
                delivery.received_at,
                delivery.arrived_monotonic_s,
                delivery.method,
                delivery.path,
                json.dumps(list(delivery.headers)),
                delivery.body,
                delivery.event,
                delivery.webhook_id,
                delivery.dedupe_key,
                delivery.verified,
                delivery.duplicate,
                delivery.processed,
                delivery.answer_status,
                _check(delivery.legacy),
                _check(delivery.standard),
            ),
        )
        return int(cursor.lastrowid or 0)

    def list(
        self,
        *,
        inbox: str | None = None,
        after: int = 0,
        event: str | None = None,
        webhook_id: str | None = None,
        limit: int = 1000,
    ) -> list[dict[str, Any]]:
        """
        Deliveries after a sequence number, oldest first.
        """
        rows = self._connection.execute(
            "SELECT * FROM received WHERE seq > ? AND (? IS NULL OR inbox = ?) AND (? IS NULL OR event = ?) AND (? IS NULL OR webhook_id = ?) "
            "ORDER BY seq LIMIT ?",
            (after, inbox, inbox, event, event, webhook_id, webhook_id, limit),
        ).fetchall()
        return [_document(row) for row in rows]

    def newest(self, inbox: str | None, limit: int) -> Sequence[dict[str, Any]]:
        """
        The last deliveries, newest first, with every step of their signature checks.
        """
        rows = self._connection.execute(
            "SELECT * FROM received WHERE ? IS NULL OR inbox = ? ORDER BY seq DESC LIMIT ?",
            (inbox, inbox, limit),
        ).fetchall()
        return [self._detailed(row) for row in rows]

    def find(self, delivery_id: str) -> dict[str, Any] | None:
        """
        One delivery by its id, with every step of its signature checks.
        """
        digits = delivery_id.removeprefix("rcv_")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _SEQ_DIGITS_MAX):
            return None
        row = self._connection.execute(
            "SELECT * FROM received WHERE seq = ?", (int(digits),)
        ).fetchone()
        return None if row is None else self._detailed(row)

    def _detailed(self, row: sqlite3.Row) -> dict[str, Any]:
        document = _document(row)
        for family in ("legacy", "standard"):
            document["signature"][family]["steps"] = _steps(row[family])
        document["duplicate_of"] = None
        if row["duplicate"]:
            first = self._connection.execute(
                "SELECT min(seq) AS seq FROM received WHERE inbox = ? AND dedupe_key = ? AND processed = 1 AND seq < ?",
                (row["inbox"], row["dedupe_key"], row["seq"]),
            ).fetchone()
            document["duplicate_of"] = None if first["seq"] is None else f"rcv_{first['seq']}"
        return document

    def names(self) -> Sequence[str]:
        """
        The inboxes that hold something, in order of name.
        """
        rows = self._connection.execute("SELECT DISTINCT inbox FROM received ORDER BY inbox")
        return [row["inbox"] for row in rows]

    def last_seq(self) -> int:
        """
        The sequence number of the newest delivery, 0 when there is none.
        """
        row = self._connection.execute("SELECT coalesce(max(seq), 0) AS n FROM received").fetchone()
        return int(row["n"])

    def clear(self, inbox: str | None) -> int:
        """
        Forget an inbox, or all; the number of deliveries forgotten.
        """
        return self._connection.execute(
            "DELETE FROM received WHERE ? IS NULL OR inbox = ?", (inbox, inbox)
        ).rowcount


def _check(check: Check) -> str:
    return json.dumps([check.status.value, check.reason, [asdict(step) for step in check.steps]])


def _steps(stored: str) -> list[dict[str, Any]]:
    """
    The steps of a stored check; files of earlier versions have none.
    """
    check = json.loads(stored)
    return list(check[2]) if len(check) > 2 else []  # noqa: PLR2004  status, reason, steps


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _object(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _document(row: sqlite3.Row) -> dict[str, Any]:
    legacy, standard = json.loads(row["legacy"]), json.loads(row["standard"])
    return {
        "seq": row["seq"],
        "id": f"rcv_{row['seq']}",
        "inbox": row["inbox"],
        "received_at": row["received_at"],
        "arrived_monotonic_s": row["arrived_monotonic_s"],
        "method": row["method"],
        "path": row["path"],
        "headers": json.loads(row["headers"]),
        "body_base64": base64.b64encode(row["body"]).decode(),
        "body_text": _text(row["body"]),
        "json": _object(row["body"]),
        "event": row["event"],
        "webhook_id": row["webhook_id"],
        "verified": bool(row["verified"]),
        "duplicate": bool(row["duplicate"]),
        "processed": bool(row["processed"]) and not row["duplicate"],
        "answer_status": row["answer_status"],
        "signature": {
            "legacy": {"status": legacy[0], "reason": legacy[1]},
            "standard": {"status": standard[0], "reason": standard[1]},
        },
    }
