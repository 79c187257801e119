"""
What a call of the client can end in::

    GatewayError
    ├── GatewayUnavailable    no answer, 429 or 5xx: try again later
    └── RequestRefused        4xx: `code` and `description` say why
        ├── NotAuthenticated  401
        ├── NotFound          404
        └── StateConflict     409
"""


class GatewayError(Exception):
    """
    Base of everything the client raises.
    """


class GatewayUnavailable(GatewayError):
    """
    The gateway did not answer, or asked to come back later.
    """


class RequestRefused(GatewayError):
    """
    The gateway refused the request.
    """

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code
        self.description = description


class NotAuthenticated(RequestRefused):
    """
    The credentials are wrong.
    """


class NotFound(RequestRefused):
    """
    There is no such thing, or it belongs to another merchant.
    """


class StateConflict(RequestRefused):
    """
    The thing's state, or an earlier request with the same idempotency key, is in the way.
    """
