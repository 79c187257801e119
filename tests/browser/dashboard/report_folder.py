"""
Writes a reports folder as the suite does: two runs of three requirements that part in the third.
"""

import json
from pathlib import Path
from typing import Any

REQUIREMENTS = ("PGC-ORD-001", "PGC-PAY-002", "PGC-REF-003")


def _exchange(run: str, path: str, status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "request": {
            "method": "POST",
            "url": f"http://127.0.0.1:4{run[:4]}/api/v1/{path}",
            "headers": {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "[redacted]"},
            "body": {"text": json.dumps({"amount": 500, "order_id": f"order_{run}ABCDEFGHIJK"})},
        },
        "response": {
            "status": status,
            "headers": {"content-type": "application/json", "x-request-id": f"req_{run}"},
            "body": {"text": json.dumps(body)},
        },
        "duration_ms": 1.5,
        "failure": None,
    }


def write_run(folder: Path, run: str, *, refund_status: int) -> None:
    """
    One run below `folder`; `run` is five digits that make its ids and ports its own.
    """
    verdict = "pass" if refund_status == 400 else "fail"
    reason = "" if verdict == "pass" else "expected 400, found 201 <img src=x onerror=alert(1)>"
    rows = []
    (folder / "results").mkdir(parents=True)
    for one in REQUIREMENTS:
        is_last = one == REQUIREMENTS[-1]
        row = {
            "id": one, "group": one.split("-")[1], "level": "contract", "keyword": "MUST", "sentence": f"{one} MUST hold.", "source": "contract",
            "verdict": verdict if is_last else "pass", "reason": reason if is_last else "", "duration_s": 0.01, "evidence": f"results/{one}.json",
        }  # fmt: skip
        rows.append(row)
        exchanges = [
            _exchange(run, "orders", 201, {"id": f"order_{run}ABCDEFGHIJK", "status": "created"}),
            _exchange(
                run,
                "refunds" if is_last else "payments",
                refund_status if is_last else 201,
                {
                    "id": f"pay_{run}ABCDEFGHIJK",
                    "created_at": f"2026-01-01T00:00:{run[:2]}.000000Z",
                },
            ),
        ]
        transcripts = [{"case": "test_it", "exchanges": exchanges}]
        evidence = {**row, "target": "http://127.0.0.1", "profile": "canonical", "seed": run, "transcripts": transcripts}  # fmt: skip
        (folder / "results" / f"{one}.json").write_text(json.dumps(evidence), "utf-8")
    passed = sum(row["verdict"] == "pass" for row in rows)
    document = {
        "schema": "paywright-results/1", "target": "http://127.0.0.1", "profile": "canonical", "seed": run, "strict": False,
        "started_at": f"2026-01-01T00:{run[:2]}:00Z", "duration_s": 1.0, "conformant": passed == len(rows), "exit_status": 0 if passed == len(rows) else 1,
        "sentence": "a run of the test", "counts": {"pass": passed, "fail": len(rows) - passed}, "notes": [], "requirements": rows,
    }  # fmt: skip
    (folder / "results.json").write_text(json.dumps(document), "utf-8")


def write_reports(root: Path) -> None:
    """
    Two runs: `good`, and the later `mutant`, whose refund is accepted.
    """
    write_run(root / "good", "11111", refund_status=400)
    write_run(root / "mutant", "22222", refund_status=201)
