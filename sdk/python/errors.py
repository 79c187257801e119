"""
What the client can raise::

    PaywrightError
    ├── GatewayError              a call of the client
    │   ├── GatewayUnavailable    no answer, 429 or 5xx after the last try: try again later
    │   │   ├── TimedOut          no answer in time: the outcome is unknown, ask or repeat with the same idempotency key
    │   │   └── RateLimited       429: `retry_after_s` says when to come back
    │   ├── AnswerUnreadable      an answer that is not what the contract says
    │   └── RequestRefused        4xx: `code` and `description` say why
    │       ├── NotAuthenticated  401
    │       ├── NotFound          404
    │       ├── StateConflict     409
    │       └── KeyReused         422: the idempotency key belongs to another request
    └── WebhookError              `webhooks.py`: the webhook is not to be trusted

A decline is none of these: the payment is `failed` and says why.  What cannot be sent at all (an empty id, a key that no header can hold) is a ValueError.
"""


class PaywrightError(Exception):
    """
    Base of everything in this package.
    """


class GatewayError(PaywrightError):
    """
    Base of everything that a call can end in.
    """


class GatewayUnavailable(GatewayError):
    """
    The gateway did not answer, or asked to come back later; `status` is None when there was no answer at all.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id
        self.retry_after_s = retry_after_s


class TimedOut(GatewayUnavailable):
    """
    No answer in time; the request may have taken effect.
    """


class RateLimited(GatewayUnavailable):
    """
    Too many requests, even after waiting.
    """


class AnswerUnreadable(GatewayError):
    """
    The answer is not JSON, or lacks what the contract promises.
    """


class RequestRefused(GatewayError):
    """
    The gateway refused the request.
    """

    def __init__(
        self, status: int, code: str, description: str, *, request_id: str | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code
        self.description = description
        self.request_id = request_id


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


class KeyReused(RequestRefused):
    """
    The idempotency key was first used for another request.
    """
