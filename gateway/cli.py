"""
`gateway`: the operator's command line.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import asyncpg

from gateway.bank.answers import BankUnavailable
from gateway.config import BadSetting, Settings
from gateway.domain.reconciliation import Mismatch
from gateway.services.reconciling import reconcile_day
from gateway.storage.schema import migrate
from gateway.wiring import build

_DESCRIPTION = "Reads its settings from the environment (README). reconcile ends with 0 when the books agree, 1 when they do not, 2 for wrong usage, 4 when the bank or the database is away."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gateway", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "migrate", help="bring the database of DATABASE_URL to this release's schema"
    )
    reconcile = commands.add_parser(
        "reconcile", help="compare a day of the ledger with the bank's statement"
    )
    reconcile.add_argument(
        "--date",
        required=True,
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="UTC day on the business clock",
    )
    reconcile.add_argument("--json", action="store_true", help="print JSON")
    return parser


def report(found: Mapping[UUID, list[Mismatch]], day: date, *, as_json: bool) -> str:
    """
    The mismatches for people, or as JSON.
    """
    rows = [(merchant_id, mismatch) for merchant_id, listed in found.items() for mismatch in listed]
    if as_json:
        documents = [
            {
                "merchant_id": str(merchant_id),
                "class": m.class_.value,
                "request_id": m.request_id,
                "kind": m.kind,
                "ours": m.ours_minor,
                "bank": m.bank_minor,
                "currency": m.currency,
            }
            for merchant_id, m in rows
        ]
        return json.dumps(
            {"date": day.isoformat(), "merchants": len(found), "mismatches": documents}
        )
    lines = [
        f"{m.class_.value:16} {m.request_id:40} {m.kind:6} ours {_shown(m.ours_minor)} bank {_shown(m.bank_minor)} {m.currency}"
        for _, m in rows
    ]
    end = f"{day}: {len(rows)} mismatches" if rows else f"{day}: the books agree"
    return "\n".join([*lines, f"{end} ({len(found)} merchants)"])


def _shown(amount_minor: int | None) -> str:
    return f"{'-' if amount_minor is None else amount_minor:>10}"


async def _reconcile(settings: Settings, day: date, *, as_json: bool) -> int:
    parts = build(settings, name="cli")
    try:
        await parts.database.open()
        found = await reconcile_day(parts.database, parts.bank, day)
    except (BankUnavailable, OSError, asyncpg.PostgresError) as error:
        sys.stderr.write(f"gateway: {error}\n")
        return 4
    finally:
        await parts.close()
    sys.stdout.write(report(found, day, as_json=as_json) + "\n")
    return 1 if any(found.values()) else 0


def main() -> None:
    """
    Run one command; exit status 2 for a command or setting that cannot be used.
    """
    wanted = _parser().parse_args()
    try:
        settings = Settings.from_env(os.environ, process="cli", pid=os.getpid())
    except BadSetting as error:
        sys.stderr.write(f"gateway: {error}\n")
        raise SystemExit(2) from error
    if wanted.command == "migrate":
        applied = asyncio.run(migrate(settings.database_url))
        sys.stdout.write(f"applied: {', '.join(applied) or 'nothing, already at head'}\n")
        return
    raise SystemExit(asyncio.run(_reconcile(settings, wanted.date, as_json=wanted.json)))


if __name__ == "__main__":
    main()
