"""
Who is logged in, and that a form really came from our page.
"""

import hmac
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from quart import Response, redirect, request, session, url_for
from werkzeug.exceptions import Forbidden

from dashboard.rng import token

Handler = Callable[..., Awaitable[Any]]


def csrf_token() -> str:
    """
    The session's token, made on first use; every form carries it.
    """
    if "csrf" not in session:
        session["csrf"] = token()
    return str(session["csrf"])


async def checked_form() -> dict[str, str]:
    """
    The posted form.  Raises `Forbidden` when it does not carry the session's token.
    """
    form = await request.form
    given = form.get("csrf", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf_token().encode()):
        raise Forbidden("The form is out of date; load the page again.")
    return {name: str(value) for name, value in form.items()}


def begin(email: str) -> None:
    """
    A fresh session for somebody who logged in; nothing of the one before survives.
    """
    session.clear()
    session.permanent = True
    session["email"] = email


def logged_in(handler: Handler) -> Handler:
    """
    Send everybody else to the login page; pages come back to where they were wanted.
    """

    @wraps(handler)
    async def guarded(*args: Any, **kwargs: Any) -> Any:
        if not session.get("email"):
            if request.method == "GET" and request.path != "/dashboard/live":
                session["wanted"] = request.full_path.rstrip("?")
            target: Response = redirect(url_for("login.show_login"))  # type: ignore[assignment]
            return target
        return await handler(*args, **kwargs)

    return guarded
