"""
Writes docs/requirements.md from the cases: `python -m conformance.cases.document`.
"""

from itertools import groupby
from pathlib import Path

from conformance.cases.catalogue import all_requirements

PATH = Path("docs") / "requirements.md"
_NAMES = {
    "AUT": "Authentication", "CAP": "Capture", "CON": "Concurrency", "ERR": "Errors", "HLT": "Health", "IDM": "Idempotency", "ISO": "Isolation of merchants", "JOB": "Jobs and workers", "LIM": "Limits of the HTTP layer",
    "LST": "Lists and paging", "ORD": "Orders",
    "CHK": "Checkout", "DBS": "Database", "DSH": "Dashboard", "REC": "Recovery", "RTY": "Retries", "SIG": "Signatures",
    "PAY": "Payments", "REF": "Refunds", "SEC": "Security", "TST": "Test mode", "VOI": "Holds and voids", "WHK": "Webhooks",
}  # fmt: skip


def document() -> str:
    """
    The whole page.
    """
    found = all_requirements()
    lines = [
        "# Requirements",
        f"{len(found)} requirements, generated from the cases by `make requirements`. Ids are never reused.",
    ]
    for group, members in groupby(found, key=lambda requirement: requirement.group):
        lines += [
            "",
            f"## {_NAMES.get(group, group)}",
            "",
            "| id | level | requirement | source | needs |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {r.id} | {r.level.value} | {r.sentence} | {r.source} | {', '.join(r.needs)} |"
            for r in members
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
