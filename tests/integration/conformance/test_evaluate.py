"""
`paywright evaluate` on small real submissions: phases in order, time limits, and always shut down.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.harness.ports import free_port

#: A gateway of the standard library that knows orders only.
GATEWAY = """
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    orders = {}
    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if self.path == "/health":
            self.answer(200, {"status": "healthy", "database": "connected", "timestamp": "2026-01-01T00:00:00Z"})
        else:
            self.answer(404, {"error": {"code": "NOT_FOUND_ERROR", "description": "nothing here"}})
    def do_POST(self):
        self.answer(404, {"error": {"code": "NOT_FOUND_ERROR", "description": "nothing here"}})
    do_PUT = do_POST
    def log_message(self, *_):
        pass

print("listening", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def _submission(folder: Path, sections: dict[str, list[str]]) -> Path:
    lines = []
    for name, commands in sections.items():
        lines += [f"{name}:", *(f"  - {json.dumps(command)}" for command in commands)]
    (folder / "submission.yml").write_text("\n".join(lines) + "\n")
    (folder / "gateway.py").write_text(textwrap.dedent(GATEWAY))
    return folder


def _command(folder: Path, port: int, *options: str) -> list[str]:
    return [
        sys.executable, "-m", "paywright.cli", "evaluate", str(folder), "--target", f"http://127.0.0.1:{port}",
        "--out", str(folder / "out"), "--only", "PGC-HLT-001", *options,
    ]  # fmt: skip


def _evaluate(
    folder: Path, port: int, *options: str
) -> tuple["subprocess.CompletedProcess[str]", dict[str, Any]]:
    ended = subprocess.run(
        _command(folder, port, *options), capture_output=True, text=True, timeout=120, check=False
    )
    path = folder / "out" / "evaluation.json"
    return ended, json.loads(path.read_text()) if path.exists() else {}


def _states(document: dict[str, Any]) -> dict[str, str]:
    return {phase["name"]: phase["state"] for phase in document["phases"]}


def _is_up(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/health", timeout=1, trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def test_good_submission_is_graded_and_shut_down(tmp_path: Path) -> None:
    """
    A server that stays in the foreground; phases in order, their output kept, secrets taken out, nothing left.
    """
    port = free_port()
    sections = {
        "setup": ["echo made > made.txt", "echo secret_test_xyz789"],
        "start": [f"{sys.executable} gateway.py {port}"],
        "test": ["cat made.txt"],
        "verify": [f"{sys.executable} -c 'print(1)'"],
        "shutdown": ["echo bye > bye.txt"],
    }
    ended, document = _evaluate(_submission(tmp_path, sections), port)

    assert ended.returncode == 0, ended.stderr
    assert _states(document) == dict.fromkeys(sections, "ok")
    assert [p["name"] for p in document["phases"]] == list(sections)
    assert document["phases"][1]["commands"][0]["state"] == "running"
    assert (tmp_path / "bye.txt").exists()
    assert not _is_up(port)
    assert "secret_test_xyz789" not in (tmp_path / "out" / "phases" / "1-setup.log").read_text()
    assert (tmp_path / "out" / "report.html").exists()
    assert "conformant; all phases in order" in (tmp_path / "out" / "evaluation.html").read_text()


def test_background_server_is_ended_although_shutdown_forgets_it(tmp_path: Path) -> None:
    """
    Started with `&` by a command that is over at once; the number of groups ended by force is in the report.
    """
    port = free_port()
    sections = {
        "setup": ["true"],
        "start": [f"{sys.executable} gateway.py {port} &"],
        "test": ["true"],
        "verify": ["true"],
        "shutdown": ["true"],
    }
    ended, document = _evaluate(_submission(tmp_path, sections), port)

    assert ended.returncode == 0, ended.stderr
    assert document["ended_by_force"] == 1
    assert not _is_up(port)


def test_failing_and_missing_phases_fail_the_evaluation(tmp_path: Path) -> None:
    """
    Conformant as far as asked, and still 1: a test command failed and a section is missing.
    """
    port = free_port()
    sections = {
        "setup": ["true"],
        "start": [f"{sys.executable} gateway.py {port}"],
        "test": ["echo broken; exit 7", "echo next"],
        "shutdown": ["true"],
    }
    ended, document = _evaluate(_submission(tmp_path, sections), port)

    assert ended.returncode == 1
    assert document["graded"] == 0
    assert _states(document)["test"] == "failed"
    assert _states(document)["verify"] == "missing"
    first = document["phases"][2]["commands"][0]
    assert (first["exit_status"], first["output"]) == (7, "broken\n")


def test_server_that_never_answers_is_4_and_is_shut_down(tmp_path: Path) -> None:
    """
    The time limit of `start` is up: nothing is tested or graded, shutdown runs, the process is gone.
    """
    port = free_port()
    sections = {
        "setup": ["true"],
        "start": ["echo $$ > pid; exec sleep 300"],
        "test": ["touch tested"],
        "verify": ["true"],
        "shutdown": ["touch down"],
    }
    ended, document = _evaluate(_submission(tmp_path, sections), port, "--limit", "start=2")

    assert ended.returncode == 4
    assert _states(document)["start"] == "timed out"
    assert _states(document)["test"] == "not run"
    assert (tmp_path / "down").exists()
    assert not (tmp_path / "tested").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interruption_shuts_down(tmp_path: Path, number: signal.Signals) -> None:
    """
    In the middle of the tests; the gateway is gone and the shutdown commands ran.
    """
    port = free_port()
    sections = {
        "setup": ["true"],
        "start": [f"{sys.executable} gateway.py {port}"],
        "test": ["touch testing; sleep 300"],
        "verify": ["true"],
        "shutdown": ["touch down"],
    }
    folder = _submission(tmp_path, sections)
    process = subprocess.Popen(_command(folder, port), stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (tmp_path / "testing").exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    process.send_signal(number)
    _, complaints = process.communicate(timeout=60)

    assert process.returncode == 130, complaints
    assert (tmp_path / "down").exists()
    assert not _is_up(port)
    document = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert document["interrupted"] is True


def test_malformed_submission_is_2_with_file_and_line(tmp_path: Path) -> None:
    """
    One line on standard error, nothing started.
    """
    (tmp_path / "submission.yml").write_text("setup:\n  - true\nstart: {a: b}\n")
    ended, document = _evaluate(tmp_path, 1)

    assert ended.returncode == 2
    assert ended.stderr == (
        f"paywright: {tmp_path}/submission.yml:3: expected a list of commands, found a mapping\n"
    )
    assert document == {}


def test_wrong_limit_is_2(tmp_path: Path) -> None:
    """
    With what was expected.
    """
    ended, _ = _evaluate(_submission(tmp_path, {"start": ["true"]}), 1, "--limit", "go=1")

    assert ended.returncode == 2
    assert "--limit takes phase=seconds" in ended.stderr
