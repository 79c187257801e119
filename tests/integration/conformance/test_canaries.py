"""
N19: secrets and card numbers are planted wherever a target can put them; no artefact of a run shows one.
"""

import base64
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from conformance.harness.ports import free_port

API_SECRET = 'canary-api-"secret"/0001'
WEBHOOK_SECRET = "whsec_canary_webhook_0002"
MADE_SECRET = "whsec_canary_made_by_the_target_0003"
PANS = ("4000056655665556", "5200828282828210", "378282246310005", "6011111111111117")
CANARIES = (API_SECRET, WEBHOOK_SECRET, MADE_SECRET, *PANS)


class _Leaky(BaseHTTPRequestHandler):
    """
    Answers everything with everything it should keep to itself.
    """

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        number = len(self.path) % len(PANS)
        document = {
            "id": "order_0123456789abcdef",
            "error": {
                "code": "BAD_REQUEST_ERROR",
                "description": f"card {PANS[number]}{PANS[0]} refused",
            },
            "echo": dict(self.headers.items()),
            "sent": body.decode("utf-8", "replace"),
            "nested": json.dumps({"webhook_secret": MADE_SECRET, "key": API_SECRET}),
            "webhook_secret": MADE_SECRET,
            "later": f"signed with {MADE_SECRET}",
            "spaced": " ".join(re.findall(".{1,4}", PANS[1])),
            "basic": base64.b64encode(API_SECRET.encode()).decode(),
            PANS[2]: int(PANS[3]),
            f"https://x/?secret={quote(API_SECRET, safe='')}": WEBHOOK_SECRET,
        }
        content = json.dumps(document).encode()
        if number == 1:
            content = b"\xff\xfe" + content
        self.send_response(500 if number == 2 else 201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Debug", f"{WEBHOOK_SECRET} {PANS[0]}")
        self.send_header("Set-Cookie", f"session={MADE_SECRET}")
        self.send_header("Location", f"/x?token={WEBHOOK_SECRET}&card={PANS[3]}")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  http.server's names

    def log_message(self, *_: object) -> None:
        """
        Quiet.
        """


@pytest.fixture(scope="module")
def leaky() -> Iterator[str]:
    """
    Its address.
    """
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), _Leaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _readings(content: bytes) -> Iterator[str]:
    """
    The text of an artefact, and what its escapes and its base64 stand for.
    """
    text = content.decode("utf-8", "replace")
    yield text
    yield text.replace('\\"', '"').replace("\\\\", "\\").replace("\\/", "/")
    for run in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        plain = run.rstrip("=")
        yield base64.b64decode(plain[: len(plain) // 4 * 4]).decode("utf-8", "replace")


def _canaries_in(content: bytes) -> list[str]:
    found = []
    for text in _readings(content):
        digits = re.sub(r"(?<=\d)[ \-.]{1,2}(?=\d)", "", text)
        found += [c for c in CANARIES if c in text or c in digits]
    return sorted(set(found))


def _paywright(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "paywright.cli", *arguments],
        capture_output=True,
        timeout=280,
        check=False,
        env={"PATH": "/usr/bin:/bin", "GITHUB_STEP_SUMMARY": str(folder / "step.md")},
    )


def test_the_search_finds_what_it_looks_for() -> None:
    """
    Plain, in JSON, in base64, with spaces, beside other digits.
    """
    for content in (
        API_SECRET.encode(),
        json.dumps({"a": API_SECRET}).encode(),
        base64.b64encode(b"xx " + MADE_SECRET.encode()),
        b"5200 8282 8282 8210",
        b"1" + PANS[0].encode() + b"7",
    ):
        assert len(_canaries_in(content)) == 1, content


def test_no_artefact_shows_a_canary(leaky: str, tmp_path: Path) -> None:
    """
    Every file of a run that fails everywhere, repros and bundle included, what was printed, the matrix, and what a repro says.
    """
    profile = tmp_path / "canary.toml"
    secret = API_SECRET.replace('"', '\\"')
    profile.write_text(
        f'name = "canary"\n[auth]\nsecret = "{secret}"\nwebhook_secret = "{WEBHOOK_SECRET}"\n'
    )
    out = tmp_path / "out"
    ended = _paywright(
        "conformance", "run", "--target", leaky, "--profile", str(profile), "--only", "PGC-[AO]??-00*", "--out", str(out),
        "--rubric", "forty-thirty", folder=out,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    key = tmp_path / "key.pem"
    _paywright("bundle", "key", str(key), folder=out)
    signed = _paywright(
        "bundle", "sign", str(out), "--key", str(key), "--out", str(out / "b.tar"), folder=out
    )
    compared = _paywright("compare", str(out), str(out), "--out", str(out / "compare"), folder=out)
    replayed = _paywright(
        "replay", str(out), "--profile", str(profile), "--only-scripts", folder=out
    )
    assert (signed.returncode, compared.returncode, replayed.returncode) == (0, 0, 1), replayed
    printed = [e.stdout + e.stderr for e in (ended, signed, compared)]
    files = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    names = {path.relative_to(out).as_posix() for path in files}
    assert {"report.html", "junit.xml", "ctrf.json", "transcript.har", "b.tar", "step.md"} <= names
    assert len(list((out / "repro").glob("*.py"))) > 10
    assert {
        str(path): found for path, content in files.items() if (found := _canaries_in(content))
    } == {}
    assert [found for content in printed if (found := _canaries_in(content))] == []
