"""
A gateway and a bank that answer from a table, to see what pages make of answers; what is not in the table is 404, as of an older release.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from quart.typing import TestClientProtocol

from dashboard.app import create_app
from dashboard.bank import BankConsole
from dashboard.config import Settings
from dashboard.gateway import Gateway

Answers = Mapping[str, Any]
EMPTY = {"data": [], "total": 0, "limit": 20, "offset": 0, "has_more": False, "next_cursor": None}
#: What every gateway of the contract answers.
BASE: dict[str, Any] = {
    "/api/v1/payments": EMPTY, "/api/v1/orders": EMPTY, "/api/v1/refunds": EMPTY, "/api/v1/events": EMPTY, "/api/v1/webhooks": EMPTY,
    "/api/v1/webhooks/config": {"webhook_url": None, "webhook_secret": "whsec_x", "events": None, "endpoint": {"status": "enabled", "disabled_reason": None, "consecutive_failures": 0}},
    "/api/v1/test/merchant": {"id": "m", "email": "e", "api_key": "k", "seeded": True},
    "/api/v1/test/clock": {"mode": "real", "now": "2026-01-01T00:00:00.000000Z"},
    "/api/v1/test/jobs/status": {"pending": 1, "processing": 0, "completed": 5, "failed": 0, "worker_status": "running"},
}  # fmt: skip


def page_of(*rows: dict[str, Any]) -> dict[str, Any]:
    """
    A list of these rows.
    """
    return {**EMPTY, "data": list(rows), "total": len(rows)}


def _transport(answers: Answers) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        found = answers.get(request.url.path)
        if isinstance(found, httpx.HTTPError):
            raise found
        if found is None:
            refusal = {
                "error": {"code": "NOT_FOUND_ERROR", "description": "There is no such route"}
            }
            return httpx.Response(404, json=refusal)
        return httpx.Response(200, json=found)

    return httpx.MockTransport(answer)


async def _no_pause(_seconds: float) -> None:
    """
    Retries follow at once.
    """


@asynccontextmanager
async def visitor(
    answers: Answers | None = None, environ: Mapping[str, str] | None = None
) -> AsyncIterator[TestClientProtocol]:
    """
    Somebody who is logged in at a dashboard over these answers.
    """
    told = {**BASE, **(answers or {})}
    given = {"TEST_MODE": "true", "BANK_URL": "http://bank", **(environ or {})}
    settings = Settings.from_env(given, fresh_key="k" * 32)
    bank = BankConsole(settings.bank_url, transport=_transport(told))
    gateway = Gateway(
        "http://gateway", api_key="k", api_secret="s", transport=_transport(told), sleep=_no_pause
    )
    app = create_app(settings, gateway, bank)
    client = app.test_client()
    async with client.session_transaction() as session:
        session["email"] = "test@example.com"
        session["csrf"] = "token"
    yield client
    await gateway.close()
    await bank.close()


async def text_of(client: TestClientProtocol, path: str, status: int = 200) -> str:
    """
    The page's text.
    """
    answer = await client.get(path)
    text = (await answer.get_data(as_text=True)) if answer else ""
    assert answer.status_code == status, text
    return str(text)
