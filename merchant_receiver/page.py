"""
The live page: every delivery with its headers, body and signature check; server-rendered, refreshed by server-sent events.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from quart import Blueprint, Response, render_template, request

from merchant_receiver.inbox import Inbox

#: Deliveries on the page; the rest is at `GET /received`.
ROWS_MAX = 50
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
#: Characters of a body on the page.
_SHOWN_MAX = 20_000
#: Seconds between two signs of life on an idle stream.
_KEEP_ALIVE_S = 15.0

Waiter = Callable[..., Awaitable[list[dict[str, Any]]]]


def _shown(delivery: dict[str, Any]) -> dict[str, Any]:
    """
    A delivery with what only people need: the body set out line by line, its size.
    """
    text, size_bytes = delivery["body_text"], len(base64.b64decode(delivery["body_base64"]))
    pretty = f"base64: {delivery['body_base64']}" if text is None else text or "(empty)"
    if delivery["json"] is not None:
        pretty = json.dumps(delivery["json"], indent=2, ensure_ascii=False)
    return {**delivery, "pretty": _cut(pretty), "body_bytes": size_bytes}


def _cut(text: str) -> str:
    """
    What a page can show; the rest is in the JSON.
    """
    return (
        text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}\n… cut; the JSON has all of it"
    )


def create_page(inbox: Inbox, wait: Waiter) -> Blueprint:
    """
    The page over an inbox; `wait(wait_s, after=…)` returns when something has arrived.
    """
    page = Blueprint("page", __name__)

    @page.get("/")
    async def show() -> Response:
        chosen = request.args.get("inbox") or None
        found = inbox.newest(chosen, ROWS_MAX)
        html = await render_template(
            "page.html",
            deliveries=[_shown(delivery) for delivery in found],
            inboxes=inbox.names(),
            chosen=chosen,
            last_seq=inbox.last_seq(),
            rows_max=ROWS_MAX,
        )
        return Response(html, headers=_HEADERS, content_type="text/html; charset=utf-8")

    @page.get("/stream")
    async def stream() -> Response:
        answer = Response(
            _news(inbox, wait), headers=_HEADERS, content_type="text/event-stream; charset=utf-8"
        )
        answer.timeout = None
        return answer

    return page


async def _news(inbox: Inbox, wait: Waiter) -> AsyncIterator[bytes]:
    """
    One event per arrival: the newest sequence number.  A comment now and then shows that the stream lives.
    """
    after = inbox.last_seq()
    yield b": connected\n\n"
    while True:
        found = await wait(_KEEP_ALIVE_S, after=after)
        if found:
            after = found[-1]["seq"]
            yield f"data: {after}\n\n".encode()
        else:
            yield b": idle\n\n"
        await asyncio.sleep(0)
