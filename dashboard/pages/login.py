"""
Log in and out, and the choice between light and dark.
"""

import hmac
from typing import Any, Final, cast

from quart import Blueprint, current_app, make_response, redirect, request, session, url_for

from dashboard.frame import back, settings, show
from dashboard.login_limit import LoginLimit
from dashboard.session import begin, checked_form, logged_in

login = Blueprint("login", __name__)
_THEMES: Final = ("light", "dark", "auto")
_YEAR_S: Final = 31_536_000
_TOO_MANY: Final = 429


@login.get("/")
async def index() -> Any:
    """
    To the home page.
    """
    return redirect(url_for("home.show_home"))


@login.get("/login")
async def show_login() -> str:
    """
    The login page.
    """
    return await show("login.html")


def _is_known(email: str, password: str) -> bool:
    ours = settings()
    is_email = hmac.compare_digest(
        email.strip().lower().encode("utf-8", "replace"), ours.email.lower().encode()
    )
    if not ours.password:
        return is_email and bool(password)
    given = password.encode("utf-8", "replace")
    return hmac.compare_digest(given, ours.password.encode()) and is_email


@login.post("/login")
async def log_in() -> Any:
    """
    Any password will do unless DASHBOARD_PASSWORD is set; the e-mail must be the merchant's.  Failures are counted per address.
    """
    form = await checked_form()
    limit = cast("LoginLimit", current_app.config["LOGIN_LIMIT"])
    address = request.remote_addr or ""
    wait_s = limit.wait_s(address)
    if wait_s > 0:
        page = await show(
            "error.html", message="Too many failed logins from here.", code=_TOO_MANY, can_go=False
        )
        return page, _TOO_MANY, {"Retry-After": str(int(wait_s) + 1)}
    if not _is_known(form.get("email", ""), form.get("password", "")):
        limit.failed(address)
        hint = f" The test merchant is {settings().email}." if not settings().password else ""
        session["problem"] = f"Unknown e-mail or wrong password.{hint}"
        return redirect(url_for("login.show_login"))
    wanted = session.get("wanted", "")
    begin(settings().email)
    return redirect(back({"back": wanted}, url_for("home.show_home")))


@login.post("/logout")
async def log_out() -> Any:
    """
    Forget the session.
    """
    await checked_form()
    session.clear()
    return redirect(url_for("login.show_login"))


@login.post("/dashboard/theme")
@logged_in
async def choose_theme() -> Any:
    """
    Light, dark, or as the system has it.
    """
    form = await checked_form()
    answer = await make_response(redirect(back(form, url_for("home.show_home"))))
    theme = form.get("theme", "")
    if theme in _THEMES:
        answer.set_cookie(
            "paywright_theme",
            theme,
            max_age=_YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=settings().secure_cookies,
        )
    return answer
