"""
The test merchant at the dashboard.
"""

from conformance.harness.channels.browser import Visitor

#: The seeded merchant's address.  Source: contract 1.2.
EMAIL = "test@example.com"
#: Any password will do.  Source: contract 1.12.
_PASSWORD = "any password"  # noqa: S105


class Merchant:
    """
    A browser in which somebody logs in and looks at pages.
    """

    def __init__(self, visitor: Visitor, url: str) -> None:
        self.visitor = visitor
        self._url = url

    async def goes_to(self, path: str) -> Visitor:
        """
        Open a page of the dashboard.
        """
        await self.visitor.open(f"{self._url}{path}")
        return self.visitor

    async def log_in(self) -> None:
        """
        E-mail, any password, and the dashboard shows; fails when it does not.
        """
        page = await self.goes_to("/login")
        await page.fill(email_input=EMAIL, password_input=_PASSWORD)
        await page.click("login-button")
        await page.sees("dashboard")
