"""
The snippets of docs/python-client.md and docs/webhooks.md do what the pages say.
"""

import contextlib
import io
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

import sdk.python
from gateway.domain.signing import serialise, webhook_headers
from merchant_receiver.config import SIGNING_SECRET, WEBHOOK_SECRET
from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from sdk.python import clock

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
NOW = int(clock.now().timestamp())


class Snippet(NamedTuple):
    """
    A fenced block, and the output that the page shows below it (None: it shows none).
    """

    language: str
    name: str | None
    code: str
    output: str | None


def snippets(page: Path) -> list[Snippet]:
    """
    Every Python and JavaScript block of a page.
    """
    fence = r"```(python|js)(?: name=(\w+))?\n(.*?)```\n(?:```text\n(.*?)```\n)?"
    text = page.read_text("utf-8")
    return [Snippet(*found) for found in re.findall(fence, text, re.DOTALL)]


def named(name: str) -> Snippet:
    """
    A block of webhooks.md.
    """
    return next(one for one in snippets(DOCS / "webhooks.md") if one.name == name)


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    `paywright_sdk` is this repository's `sdk.python` (docs/decisions/0020).
    """
    monkeypatch.setitem(sys.modules, "paywright_sdk", sdk.python)


def execute(snippet: Snippet, names: dict[str, Any], edit: Callable[[str], str] = str) -> None:
    """
    Run a Python block, and compare what it prints with what the page shows.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(edit(snippet.code), "snippet", "exec"), names)  # noqa: S102  our own page
    assert printed.getvalue() == (snippet.output or ""), snippet.code


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def alone(new_sandbox: SandboxFactory) -> Any:
    """
    A sandbox in which only the page's own payments are.
    """
    async with new_sandbox() as running:
        yield running


def _edit(sandbox: Sandbox) -> Callable[[str], str]:
    """
    Puts the sandbox's addresses in the place of the usual ones.
    """
    urls = sandbox.urls
    ports = {":8000": urls.api, ":9000": urls.bank, ":4000": urls.receiver}

    def edit(code: str) -> str:
        for port, url in ports.items():
            code = code.replace(f"http://127.0.0.1{port}", url)
        return code

    return edit


def test_the_client_page_runs_from_top_to_bottom(alone: Sandbox) -> None:
    """
    Each block with the names of those before it; only the addresses are the sandbox's.
    """
    found = snippets(DOCS / "python-client.md")
    names: dict[str, Any] = {}
    for snippet in found:
        execute(snippet, names, _edit(alone))

    assert len(found) >= 9
    assert sum(bool(snippet.output) for snippet in found) >= 8


def test_the_packages_own_page_runs(alone: Sandbox) -> None:
    """
    What a package registry shows.
    """
    (snippet,) = snippets(ROOT / "sdk" / "python" / "README.md")

    execute(snippet, {}, _edit(alone))

    assert snippet.output == "success\n"


def _vectors(count: int = 200) -> Iterator[tuple[bytes, dict[str, str], bool, bool]]:
    """
    Webhooks of the gateway's signer, good and spoiled: body, headers, whether each family is valid.
    """
    generator = random.Random(11)
    for number in range(count):
        text = "".join(generator.choices('aé₹\U0001f600\n"\\', k=12))
        body = serialise({"event": "payment.success", "timestamp": NOW, "data": {"t": text}})
        headers = webhook_headers(
            body=body,
            webhook_id=f"evt_{number}",
            timestamp_s=NOW,
            attempt_number=1,
            legacy_secret=WEBHOOK_SECRET,
            legacy_secret_old=None,
            signing_secrets=[SIGNING_SECRET],
        )
        yield body, headers, True, True
        at = generator.randrange(len(body))
        yield body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :], headers, False, False
    for late_s, is_valid in ((-301, False), (-290, True), (290, True), (301, False)):
        moved = webhook_headers(
            body=body,
            webhook_id="evt_t",
            timestamp_s=NOW + late_s,
            attempt_number=1,
            legacy_secret=WEBHOOK_SECRET,
            legacy_secret_old=None,
            signing_secrets=[SIGNING_SECRET],
        )
        yield body, moved, True, is_valid
    for name, value in (
        ("webhook-signature", ""),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1,???"),
        ("webhook-timestamp", "soon"),
        ("webhook-timestamp", "9" * 40),
        ("webhook-id", "evt_other"),
    ):
        yield body, {**headers, name: value}, True, False
    old = headers["webhook-signature"]
    yield body, {**headers, "webhook-signature": f"v0,x v1a,y v1,AAAA {old}"}, True, True
    for value in ("", "zz", "\xe9" * 64, "0" * 63, "0" * 64):
        yield body, {**headers, "X-Webhook-Signature": value}, False, True
    yield body, {**headers, "X-Webhook-Signature": headers["X-Webhook-Signature"].upper()}, True, True  # fmt: skip


def test_the_python_snippet_without_packages_decides_as_we_do() -> None:
    """
    Both families over good and spoiled webhooks.
    """
    names: dict[str, Any] = {}
    execute(named("plain"), names)

    for body, headers, legacy, standard in _vectors():
        found = names["contract_is_valid"](body, headers["X-Webhook-Signature"], WEBHOOK_SECRET)
        assert found is legacy, headers
        assert names["standard_is_valid"](body, headers, SIGNING_SECRET, NOW) is standard, headers


def test_the_python_snippet_with_the_sdk_decides_as_we_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    200 when both families are valid, else 401.
    """
    monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(NOW, UTC))
    names: dict[str, Any] = {}
    execute(named("sdk"), names)

    for body, headers, legacy, standard in _vectors(50):
        assert names["handle"](body, headers) == (200 if legacy and standard else 401), headers


def test_the_signing_snippet_prints_what_it_says() -> None:
    """
    For unit tests of a handler.
    """
    execute(named("sign"), {})


RUNNER = """
import { readFileSync } from "node:fs";
import { contractIsValid, standardIsValid } from "./snippet.mjs";
const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
const found = given.vectors.map(({ body, headers }) => {
  const raw = Buffer.from(body, "hex");
  return [contractIsValid(raw, headers["x-webhook-signature"], given.webhookSecret),
          standardIsValid(raw, headers, given.signingSecret, given.now)];
});
console.log(JSON.stringify(found));
"""


def test_the_node_snippet_decides_as_we_do(tmp_path: Path) -> None:
    """
    In Node itself, with its own modules only.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the Node snippet of docs/webhooks.md was not run")
    vectors = list(_vectors())
    given = {
        "now": NOW,
        "webhookSecret": WEBHOOK_SECRET,
        "signingSecret": SIGNING_SECRET,
        "vectors": [
            {"body": body.hex(), "headers": {n.lower(): v for n, v in headers.items()}}
            for body, headers, _, _ in vectors
        ],
    }
    (tmp_path / "snippet.mjs").write_text(named("node").code, "utf-8")
    (tmp_path / "runner.mjs").write_text(RUNNER, "utf-8")
    (tmp_path / "given.json").write_text(json.dumps(given), "utf-8")

    done = subprocess.run(
        [node, "runner.mjs", "given.json"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert json.loads(done.stdout) == [[legacy, standard] for _, _, legacy, standard in vectors]
    assert not re.search(r'from "(?!node:)', named("node").code)
