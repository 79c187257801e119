"""
How to integrate, with the merchant's own keys in every snippet.
"""

from quart import Blueprint, request

from dashboard.frame import settings, show
from dashboard.session import logged_in

docs = Blueprint("docs", __name__)


@docs.get("/dashboard/docs")
@logged_in
async def show_docs() -> str:
    """
    Snippets that run as they stand; the secret is masked until asked for.
    """
    return await show("docs.html", settings=settings(), shown="secret" in request.args)
