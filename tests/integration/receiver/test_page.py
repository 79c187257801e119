"""
The receiver's live page: what it shows, what it escapes, and that the stream tells of arrivals.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator

import httpx
import pytest

from paywright.sandbox import Sandbox

SECRET = "whsec_test_abc123"


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """
    The receiver.
    """
    with httpx.Client(base_url=sandbox.urls.receiver, timeout=10, trust_env=False) as client:
        yield client


def _send(http: httpx.Client, inbox: str, body: bytes, *, signed: bytes | None = None) -> None:
    digest = hmac.new(SECRET.encode(), body if signed is None else signed, hashlib.sha256)
    headers = {"X-Webhook-Signature": digest.hexdigest()}
    http.post(f"/webhook/{inbox}", content=body, headers=headers)


def _deliveries(page: str) -> list[str]:
    return re.findall(r'<details class="delivery".*?</details>', page, re.DOTALL)


def test_the_page_shows_verdict_reason_body_and_duplicates(http: httpx.Client) -> None:
    """
    Newest first, without JavaScript, one inbox when one is chosen.
    """
    body = json.dumps({"event": "payment.success"}, separators=(",", ":")).encode()
    _send(http, "page-a", body)
    _send(http, "page-a", body)
    _send(http, "page-a", b'{"event": "payment.failed"}', signed=b'{"event":"payment.failed"}')
    _send(http, "page-b", b'{"event":"elsewhere"}')

    refused, again, first = _deliveries(http.get("/", params={"inbox": "page-a"}).text)

    assert "compact JSON was signed, other bytes were sent" in refused
    assert ">refused<" in refused
    assert ">verified<" in again
    assert [">duplicate<" in one for one in (refused, again, first)] == [False, True, False]
    assert "{\n  &#34;event&#34;: &#34;payment.success&#34;\n}" in first


def test_what_senders_write_is_never_markup(http: httpx.Client) -> None:
    """
    Body, header, event and inbox are text; the policy allows no inline code.
    """
    bad = "<script>alert(1)</script>"
    http.post("/webhook/<b>x", content=json.dumps({"event": bad, "a": bad}), headers={"X-Odd": bad})

    answer = http.get("/", params={"inbox": "<b>x"})

    assert len(_deliveries(answer.text)) == 1
    assert bad not in answer.text
    assert "<b>" not in answer.text
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", answer.text)


@pytest.mark.parametrize("path", ["/static/page.css", "/static/page.js"])
def test_the_page_has_its_files(http: httpx.Client, path: str) -> None:
    """
    Style and script are served.
    """
    assert http.get(path).status_code == 200


def test_the_stream_tells_of_an_arrival(http: httpx.Client) -> None:
    """
    An event with the sequence number, once the stream is open.
    """
    with http.stream("GET", "/stream") as answer:
        lines = answer.iter_lines()
        assert next(lines) == ": connected"
        _send(http, "stream", b"{}")
        told = next(line for line in lines if line.startswith("data: "))

    found = http.get("/received", params={"inbox": "stream"}).json()["received"]
    assert int(told.removeprefix("data: ")) <= found[-1]["seq"]


def test_an_unreadable_body_is_shown_as_base64(http: httpx.Client) -> None:
    """
    Bytes that are no text do not break the page.
    """
    _send(http, "page-binary", b"\xff\xfe\x00")

    assert "base64: //4A" in http.get("/", params={"inbox": "page-binary"}).text


def test_each_step_of_a_check_is_shown(http: httpx.Client) -> None:
    """
    In order, the wrong one marked; a duplicate names the delivery that was processed; nothing of a secret but its beginning.
    """
    body = b'{"event":"payment.success","n":"steps"}'
    _send(http, "page-steps", body)
    _send(http, "page-steps", body)
    _send(http, "page-steps", body + b" ", signed=body)

    page = http.get("/", params={"inbox": "page-steps"}).text
    refused, again, first = _deliveries(page)

    steps = re.findall(r'<li class="(\w+)"><strong>.*?</span> ([\w ]+)<span', refused)
    legacy = steps[: steps.index(("bad", "HMAC")) + 1]
    assert [name for _, name in legacy] == ["header", "form", "signed bytes", "HMAC"]
    assert {kind for kind, _ in legacy[:-1]} == {"good"}
    first_id = re.search(r'id="(rcv_\d+)"', first)
    assert first_id is not None
    assert f'processed as <a href="#{first_id[1]}"' in again
    assert "Processed before it was answered" in first
    assert SECRET not in page
