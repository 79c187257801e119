"""
The pages.  They use the REST API through the Python client and nothing else.
"""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from quart import Blueprint, current_app, redirect, render_template, request, session, url_for

from dashboard.config import Settings
from dashboard.money import money
from dashboard.session import checked_form, csrf_token, logged_in
from sdk.python.client import Client
from sdk.python.errors import GatewayError, RequestRefused

pages = Blueprint("pages", __name__)
_ROWS = 20
#: Shown where there is nothing to show.
NOTHING = "\u2013"
_STATS_ROWS = 100
_OFFSET_DIGITS = 9


def _settings() -> Settings:
    return cast("Settings", current_app.config["SETTINGS"])


def client() -> Client:
    """
    The API client of this process.
    """
    return cast("Client", current_app.config["CLIENT"])


def moment(text: str | None) -> str:
    """
    An instant for people, UTC.
    """
    return NOTHING if text is None else datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S")


@pages.app_context_processor
def _common() -> dict[str, Any]:
    return {"csrf": csrf_token, "money": money, "moment": moment, "email": session.get("email")}


async def _show(template: str, **values: Any) -> str:
    return await render_template(template, notice=session.pop("notice", None), **values)


def _listing(statuses: tuple[str, ...]) -> tuple[dict[str, str | int], str]:
    """
    Page and status that the query asks for; what cannot be used counts as not asked.
    """
    offset, status = request.args.get("offset", ""), request.args.get("status", "")
    is_usable = offset.isascii() and offset.isdigit() and len(offset) <= _OFFSET_DIGITS
    query: dict[str, str | int] = {"limit": _ROWS, "offset": int(offset) if is_usable else 0}
    if status not in statuses:
        return query, ""
    return query | {"status": status}, status


@pages.get("/")
async def index() -> Any:
    """
    To the home page.
    """
    return redirect(url_for("pages.home"))


@pages.get("/login")
async def login() -> str:
    """
    The login page.
    """
    return await _show("login.html")


@pages.post("/login")
async def log_in() -> Any:
    """
    Any password will do in test mode; the e-mail must be the test merchant's.
    """
    form = await checked_form()
    if form.get("email", "").strip().lower() != _settings().email.lower() or not form.get(
        "password"
    ):
        session["notice"] = (
            f"Unknown e-mail or empty password. The test merchant is {_settings().email}; any password will do."
        )
        return redirect(url_for("pages.login"))
    session["email"] = _settings().email
    return redirect(url_for("pages.home"))


@pages.post("/logout")
async def log_out() -> Any:
    """
    Forget the session.
    """
    await checked_form()
    session.clear()
    return redirect(url_for("pages.login"))


@pages.get("/dashboard")
@logged_in
async def home() -> str:
    """
    Credentials and statistics.
    """
    everything = await client().list_page("payments", limit=_STATS_ROWS)
    succeeded = await client().list_page("payments", limit=_STATS_ROWS, status="success")
    failed = await client().list_page("payments", limit=1, status="failed")
    decided = succeeded["total"] + failed["total"]
    return await _show(
        "home.html",
        settings=_settings(),
        shown="secret" in request.args,
        total=everything["total"],
        amount=sum(row["amount"] for row in succeeded["data"]),
        is_partial=succeeded["has_more"],
        rate=f"{100 * succeeded['total'] / decided:.0f}%" if decided else NOTHING,
        recent=everything["data"][:5],
    )


@pages.get("/dashboard/transactions")
@logged_in
async def transactions() -> str:
    """
    Payments, newest first.
    """
    query, status = _listing(("pending", "success", "failed", "voided"))
    page = await client().list_page("payments", **query)
    return await _show("transactions.html", page=page, status=status, step=_ROWS)


@pages.get("/dashboard/payments/<payment_id>")
@logged_in
async def payment(payment_id: str) -> str:
    """
    One payment with its events, deliveries and refunds.
    """
    found = await client().get_payment(payment_id)
    about = {
        name: (await client().list_page(name, limit=50, entity_id=payment_id))["data"]
        for name in ("events", "webhooks")
    }
    refunds = (await client().list_page("refunds", limit=50, payment_id=payment_id))["data"]
    return await _show("payment.html", payment=found, refunds=refunds, **about)


@pages.get("/dashboard/webhooks")
@logged_in
async def webhooks() -> str:
    """
    Settings and the delivery log.
    """
    config = await client().get_webhook_config()
    query, status = _listing(("pending", "success", "failed"))
    page = await client().list_page("webhooks", **query)
    shown = "secret" in request.args
    return await _show(
        "webhooks.html", config=config, page=page, shown=shown, status=status, step=_ROWS
    )


@pages.get("/dashboard/webhooks/<uuid:delivery_id>")
@logged_in
async def delivery(delivery_id: UUID) -> str:
    """
    One delivery's attempts, newest first; what the endpoint answered is shown as text.
    """
    attempts = await client().list_attempts(str(delivery_id))
    return await _show("delivery.html", delivery_id=delivery_id, attempts=attempts)


async def _act(action: Any, done: str) -> Any:
    """
    Run an action of the webhooks page and come back with what it said.
    """
    try:
        await action
        session["notice"] = done
    except RequestRefused as error:
        session["notice"] = error.description
    return redirect(url_for("pages.webhooks"))


@pages.post("/dashboard/webhooks/save")
@logged_in
async def save_webhook() -> Any:
    """
    Change the address; an empty one turns webhooks off.
    """
    form = await checked_form()
    return await _act(
        client().set_webhook_config(webhook_url=form.get("webhook_url") or None), "Saved."
    )


@pages.post("/dashboard/webhooks/regenerate")
@logged_in
async def regenerate() -> Any:
    """
    New secrets.
    """
    await checked_form()
    return await _act(
        client().regenerate_secret(), "New secret; the old one stays valid for a day."
    )


@pages.post("/dashboard/webhooks/test")
@logged_in
async def send_test() -> Any:
    """
    A test webhook.
    """
    await checked_form()
    return await _act(client().send_test_webhook(), "Test webhook sent.")


@pages.post("/dashboard/webhooks/<delivery_id>/retry")
@logged_in
async def retry(delivery_id: str) -> Any:
    """
    Deliver again.
    """
    await checked_form()
    return await _act(client().retry_webhook(delivery_id), "Retry scheduled.")


@pages.get("/dashboard/docs")
@logged_in
async def docs() -> str:
    """
    Snippets with the merchant's own keys.
    """
    return await _show("docs.html", settings=_settings())


@pages.app_errorhandler(GatewayError)
async def on_gateway_error(error: GatewayError) -> tuple[str, int]:
    """
    The API is away or refused.
    """
    status = error.status if isinstance(error, RequestRefused) else 502
    return await _show("error.html", message=str(error)), status
