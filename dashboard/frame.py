"""
What every page shares: its parties, the values templates see, filters and paging, actions that come back with a notice.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

from jinja2 import Undefined
from quart import current_app, redirect, render_template, request, session

from dashboard.bank import BankConsole, BankRefused
from dashboard.config import Settings
from dashboard.gateway import Gateway, said
from dashboard.instants import day, is_day, moment, offset, precise, since, took
from dashboard.money import money, plain
from dashboard.navigation import SECTIONS
from dashboard.session import csrf_token
from dashboard.timeline import pretty
from sdk.python.errors import GatewayError

ROWS: Final = 20
#: Shown where there is nothing to show.
NOTHING: Final = "\u2013"
_OFFSET_DIGITS: Final = 6
_FILTER_LENGTH: Final = 64
_THEMES: Final = ("light", "dark")


def settings() -> Settings:
    """
    The settings of this process.
    """
    return cast("Settings", current_app.config["SETTINGS"])


def gateway() -> Gateway:
    """
    The API client of this process.
    """
    return cast("Gateway", current_app.config["GATEWAY"])


def bank() -> BankConsole:
    """
    The bank's control API.
    """
    return cast("BankConsole", current_app.config["BANK"])


async def merchant_id() -> str:
    """
    Which isolated bank is ours: the gateway names its merchant to the bank.  Asked for once in a process.
    """
    known: str = current_app.config.get("MERCHANT_ID", "")
    if not known:
        known = str((await gateway().test_merchant()).get("id", "default"))
        current_app.config["MERCHANT_ID"] = known
    return known


async def send_to_bank(method: str, path: str, body: object = None) -> dict[str, Any]:
    """
    Program our merchant's bank.  Raises `BankRefused`.
    """
    return await bank().send(method, path, merchant_id=await merchant_id(), body=body)


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Which part of a list the address asks for; what cannot be used counts as not asked.
    """

    offset: int
    filters: Mapping[str, str]

    def query(self, *, limit: int = ROWS) -> dict[str, str | int]:
        """
        For the gateway.
        """
        return {"limit": limit, "offset": self.offset, **self.filters}


def _days() -> dict[str, str]:
    """
    The days `from` and `to` of the address, both included, as instants.
    """
    first, last = request.args.get("from", ""), request.args.get("to", "")
    return {
        **({"created_from": f"{first}T00:00:00Z"} if is_day(first) else {}),
        **({"created_to": f"{last}T23:59:59.999999Z"} if is_day(last) else {}),
    }


def wanted(choices: Mapping[str, tuple[str, ...] | None], *, days: bool = False) -> Wanted:
    """
    Read `offset` and the filters of `choices` (None = any text) from the address; with `days` also from when to when.
    """
    given = request.args.get("offset", "")
    is_usable = given.isascii() and given.isdigit() and len(given) <= _OFFSET_DIGITS
    filters = _days() if days else {}
    for name, values in choices.items():
        value = request.args.get(name, "").strip()
        fits = value in values if values is not None else len(value) <= _FILTER_LENGTH
        if value and fits and value.isprintable():
            filters[name] = value
    return Wanted(int(given) if is_usable else 0, filters)


def here(**changes: object) -> str:
    """
    The address of this page with other query members; None removes one, and a new filter starts at the first page.
    """
    query: dict[str, object] = {
        name: value for name, value in request.args.items() if name not in ("offset", "before")
    }
    query = {name: value for name, value in {**query, **changes}.items() if value not in (None, "")}
    return request.path + ("?" + urlencode(query) if query else "")


def elsewhere(path: str, **changes: object) -> str:
    """
    Another page with the filters of this one.
    """
    query = {name: value for name, value in request.args.items() if name not in ("offset", "q")}
    query |= {name: str(value) for name, value in changes.items()}
    return path + ("?" + urlencode(query) if query else "")


def back(form: Mapping[str, str], otherwise: str) -> str:
    """
    Where a form came from, when that is one of our own pages.
    """
    path = form.get("back", "")
    is_ours = path.startswith("/dashboard") and path.isprintable() and "\\" not in path
    return path if is_ours else otherwise


async def act(action: Awaitable[object], done: str, target: str) -> Any:
    """
    Run an action, then go to `target` with what was done or why not.
    """
    try:
        await action
        session["notice"] = done
    except GatewayError as error:
        session["problem"] = said(error)
    except (BankRefused, ValueError) as error:
        session["problem"] = str(error)
    return redirect(target)


def refuse(problem: str, target: str) -> Any:
    """
    Go to `target` with why nothing was done.
    """
    session["problem"] = problem
    return redirect(target)


def announce(notice: str, target: str) -> Any:
    """
    Go to `target` with what was done.
    """
    session["notice"] = notice
    return redirect(target)


def _laid_out(value: object) -> str:
    """
    JSON for reading; a member that the answer lacks is nothing.
    """
    return "" if isinstance(value, Undefined) else pretty(value)


def common() -> dict[str, Any]:
    """
    What every template sees.
    """
    theme = request.cookies.get("paywright_theme", "")
    return {
        "csrf": csrf_token,
        "money": money,
        "plain": plain,
        "pretty": _laid_out,
        "moment": moment,
        "precise": precise,
        "day": day,
        "since": since,
        "took": took,
        "offset_of": offset,
        "here": here,
        "elsewhere": elsewhere,
        "nothing": NOTHING,
        "sections": SECTIONS,
        "email": session.get("email"),
        "theme": theme if theme in _THEMES else "auto",
        "read_only": settings().read_only,
        "test_mode": settings().test_mode,
        "step": ROWS,
    }


async def show(template: str, **values: Any) -> str:
    """
    Render a page with what the last action left to say.
    """
    said_before = {name: session.pop(name, None) for name in ("notice", "problem")}
    return await render_template(template, **said_before, **values)
