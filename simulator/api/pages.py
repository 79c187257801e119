"""
The bank's pages for payers: the 3-D Secure challenge and net banking.
"""

import sqlite3
from decimal import Decimal
from typing import Final, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from quart import Blueprint, Response, current_app, redirect, render_template, request

from simulator.book.challenges import Challenges, Choice
from simulator.domain.answers import Refusal
from simulator.wire import BANK_ID

pages = Blueprint(
    "pages", __name__, url_prefix="/challenge", template_folder="templates", static_folder="static", static_url_path="/static"
)  # fmt: skip
#: Currencies whose minor unit is not a hundredth, for display only.  Source: ISO 4217.
_EXPONENTS: Final = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}  # fmt: skip
_WORDS: Final = {"declined": "failed", "captured": "success", "authorised": "success"}


def _challenges() -> Challenges:
    return cast("Challenges", current_app.config["CHALLENGES"])


def _amount(row: sqlite3.Row) -> str:
    exponent = _EXPONENTS.get(row["currency"], 2)
    return f"{row['currency']} {Decimal(row['amount']).scaleb(-exponent):,.{exponent}f}"


def _back(row: sqlite3.Row) -> str | None:
    """
    Where the payer goes when the bank is done: the merchant's address with the payment and a hint of the result (the API has the truth).
    """
    if row["return_url"] is None:
        return None
    parts = urlsplit(str(row["return_url"]))
    result = _WORDS.get(row["status"], "pending")
    query = [*parse_qsl(parts.query), ("payment_id", row["payment_reference"]), ("result", result)]
    return urlunsplit(parts._replace(query=urlencode(query)))


async def _page(row: sqlite3.Row, status: int = 200) -> Response:
    html = await render_template(
        "challenge.html",
        row=row,
        amount=_amount(row),
        back=_back(row),
        is_netbanking=row["trigger_outcome"] == "netbanking_page",
    )
    origin = urlsplit(row["return_url"] or "")
    allowed = f" {origin.scheme}://{origin.netloc}" if origin.netloc else ""
    # No frame-ancestors: the page stands in the checkout's frame, which stands in any merchant's page, as a real bank's does.
    policy = f"default-src 'none'; style-src 'self'; form-action 'self'{allowed}; base-uri 'none'"
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(html, status, headers=headers, content_type="text/html; charset=utf-8")


def _check(bank: str) -> None:
    if BANK_ID.fullmatch(bank) is None:
        raise Refusal(404, "not_found", "There is no such page.")


@pages.get("/<bank>/<request_id>")
async def get_challenge(bank: str, request_id: str) -> Response:
    """
    The page where the payer agrees, refuses, or leaves.
    """
    _check(bank)
    return await _page(_challenges().find(bank, request_id, request.args.get("token", "")))


@pages.post("/<bank>/<request_id>")
async def post_challenge(bank: str, request_id: str) -> Response:
    """
    What the payer did; back to the merchant when there is a way back.
    """
    _check(bank)
    form = await request.form
    if form.get("choice") not in list(Choice):
        raise Refusal(400, "invalid_request", f"choice must be one of {', '.join(Choice)}.")
    choice = Choice(form["choice"])
    row = _challenges().choose(bank, request_id, request.args.get("token", ""), choice)
    current_app.config["SENDER"].wake()
    back = _back(row)
    if back is None:
        return await _page(row)
    return cast("Response", redirect(back, 303))
