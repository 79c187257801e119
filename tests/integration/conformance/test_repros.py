"""
N13: a repro fails alone on the gateway that failed, and says FIXED on one that is right.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from paywright.sandbox import Sandbox

#: Orders and idempotency: answers, headers, bursts, bodies.
ONLY = "PGC-[IO]??-00[1-7]"
ENVIRON = {
    "API_KEY": "key_test_abc123",
    "API_SECRET": "secret_test_xyz789",
    "OTHER_API_KEY": "key_test_other789",
    "OTHER_API_SECRET": "secret_test_other012",
    "PATH": "/usr/bin:/bin",
}


class _Wrong(BaseHTTPRequestHandler):
    """
    The gateway behind it, but it forgets idempotency keys, takes every amount, and answers 500 where nothing is found.
    """

    protocol_version = "HTTP/1.1"
    upstream = ""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        forgotten = ("host", "content-length", "idempotency-key")
        headers = {k: v for k, v in self.headers.items() if k.lower() not in forgotten}
        if self.path == "/api/v1/orders" and b'"amount":' in body:
            body = _dearer(body)
        parts = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request(self.command, self.path, body=body or None, headers=headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        self.send_response(500 if response.status == 404 else response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _pass_on  # noqa: N815  http.server's names

    def log_message(self, *_: object) -> None:
        """
        Quiet.
        """


def _dearer(body: bytes) -> bytes:
    try:
        document = json.loads(body)
    except ValueError:
        return body
    if isinstance(document, dict) and isinstance(document.get("amount"), int):
        document["amount"] = max(100, document["amount"])
    return json.dumps(document).encode()


@pytest.fixture(scope="module")
def wrong(sandbox: Sandbox) -> Iterator[str]:
    """
    Its address.
    """
    handler = type("Handler", (_Wrong,), {"upstream": sandbox.urls.api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def failed(wrong: str, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A run on it.
    """
    out = tmp_path_factory.mktemp("failed")
    ended = _paywright(
        "conformance", "run", "--target", wrong, "--receiver", sandbox.urls.receiver, "--only", ONLY, "--out", str(out), "--seed", "repro",
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return out


def _paywright(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "paywright.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def _play(script: Path, target: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-I", str(script), "--target", target],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=ENVIRON,
    )
    return ended.returncode, (ended.stdout + ended.stderr).strip().splitlines()[-1]


def test_every_failure_has_a_repro_that_tells_wrong_from_right(
    failed: Path, wrong: str, sandbox: Sandbox
) -> None:
    """
    STILL FAILING with 1 on the wrong gateway, FIXED with 0 on the right one, few requests.
    """
    results = json.loads((failed / "results.json").read_text())
    ids = {r["id"] for r in results["requirements"] if r["verdict"] == "fail"}
    scripts = {path.stem: path for path in (failed / "repro").iterdir()}

    assert scripts.keys() == ids
    assert {"PGC-IDM-001", "PGC-IDM-003", "PGC-ORD-004", "PGC-ORD-007"} <= ids
    on_wrong = {name: _play(path, wrong) for name, path in scripts.items()}
    on_right = {name: _play(path, sandbox.urls.api) for name, path in scripts.items()}
    assert {name: said for name, (status, said) in on_wrong.items() if status != 1} == {}
    assert {name: said for name, (status, said) in on_right.items() if status != 0} == {}
    assert all(said.startswith("STILL FAILING: ") for _, said in on_wrong.values())
    counts = [path.read_text().count('"method":') for path in scripts.values()]
    assert statistics.median(counts) <= 6


def test_scripts_use_the_standard_library_alone(failed: Path) -> None:
    """
    No import of anything else, no credentials.
    """
    for path in (failed / "repro").iterdir():
        text = path.read_text()
        imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
        names = {line.split()[1].partition(".")[0] for line in imports}
        assert names <= sys.stdlib_module_names, path
        assert "secret_test_xyz789" not in text


def test_scripts_without_credentials_cannot_say(failed: Path, wrong: str) -> None:
    """
    And say which variable is missing; a wrong option is 2, no gateway is 4.
    """
    script = failed / "repro" / "PGC-ORD-004.py"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("API_")}

    def run(*options: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(script), *options],
            capture_output=True, text=True, check=False, timeout=60, env={**environ, **more},
        )  # fmt: skip

    assert run("--target", wrong).returncode == 3
    assert "CANNOT SAY: set API_" in run("--target", wrong).stdout
    assert run("--where", wrong).returncode == 2
    assert run("--target", "http://127.0.0.1:9", **ENVIRON).returncode == 4


def test_replay_says_what_became_of_each(failed: Path, sandbox: Sandbox) -> None:
    """
    1 while the gateway is wrong, 0 once it is right, one line each.
    """
    again = _paywright("replay", str(failed / "repro" / "PGC-IDM-001.py"), "--json")
    mended = _paywright(
        "replay", str(failed / "repro" / "PGC-IDM-001.py"), "--target", sandbox.urls.api
    )
    nothing = _paywright("replay", str(failed / "results"))

    assert again.returncode == 1, again.stderr
    assert [r["state"] for r in json.loads(again.stdout)] == ["STILL FAILING"]
    assert mended.returncode == 0, mended.stdout
    assert mended.stdout.startswith("PGC-IDM-001  FIXED")
    assert nothing.returncode == 2
