"""
The errors that a caller of the API can cause, one class for each, with its HTTP status and code.

`docs/errors.md` lists them in order of precedence.  Whose mistake it is stands in each docstring.  Source: contract 1.3, reliability 4.
"""

from typing import ClassVar


class DomainError(Exception):
    """
    Base of everything that is answered with an error envelope instead of a result.

    `description` is for people: what was expected, what was found, what to do.  `param` names the offending field, where there is one.
    """

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    status: ClassVar[int] = 500

    def __init__(
        self, description: str, *, param: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(description)
        self.description = description
        self.param = param
        self.retry_after_s = retry_after_s


class AuthenticationFailed(DomainError):
    """
    The caller's credentials are missing or wrong.
    """

    code = "AUTHENTICATION_ERROR"
    status = 401

    def __init__(self) -> None:
        super().__init__("Invalid API credentials")


class RateLimited(DomainError):
    """
    The caller sends more than its budget; `retry_after_s` says when to come back.
    """

    code = "RATE_LIMITED"
    status = 429


class PayloadTooLarge(DomainError):
    """
    The caller's body is larger than the API reads.
    """

    code = "PAYLOAD_TOO_LARGE"
    status = 413


class UnsupportedMediaType(DomainError):
    """
    The caller's body is not `application/json`.
    """

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class BadRequest(DomainError):
    """
    The caller's request is malformed, or a business rule of the contract forbids it (the contract answers 400 for both).
    """

    code = "BAD_REQUEST_ERROR"
    status = 400


class InvalidVpa(DomainError):
    """
    The payer's UPI address is not `name@handle`.
    """

    code = "INVALID_VPA"
    status = 400


class InvalidCard(DomainError):
    """
    The payer's card number, CVV or holder name cannot be right.
    """

    code = "INVALID_CARD"
    status = 400


class ExpiredCard(DomainError):
    """
    The payer's card is no longer valid, or its expiry is not a date.
    """

    code = "EXPIRED_CARD"
    status = 400


class NotFound(DomainError):
    """
    The object does not exist, or belongs to another merchant; the caller cannot tell which.
    """

    code = "NOT_FOUND_ERROR"
    status = 404


class MethodNotAllowed(DomainError):
    """
    The path exists, the method does not.
    """

    code = "METHOD_NOT_ALLOWED"
    status = 405


class IdempotencyKeyInvalid(DomainError):
    """
    The caller's `Idempotency-Key` is empty, too long, repeated or not printable ASCII.
    """

    code = "IDEMPOTENCY_KEY_INVALID"
    status = 400


class IdempotencyKeyReused(DomainError):
    """
    The caller's key belongs to another request (strict profile, or another operation).
    """

    code = "IDEMPOTENCY_KEY_MISMATCH"
    status = 422


class IdempotencyInProgress(DomainError):
    """
    The first request with this key has not finished; nobody's mistake, try again.
    """

    code = "IDEMPOTENCY_KEY_IN_USE"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "A request with this Idempotency-Key is still being processed; send it again in a second.",
            retry_after_s=1,
        )


class Conflict(DomainError):
    """
    The object's state forbids the operation (strict profile; the contract profile answers 400).
    """

    code = "CONFLICT"
    status = 409


class Forbidden(DomainError):
    """
    The credentials are good but may not do this.
    """

    code = "FORBIDDEN"
    status = 403


class RetryLater(DomainError):
    """
    A part that the request needs (database, vault) is away for the moment; nothing was done.
    """

    code = "RETRY_LATER"
    status = 503

    def __init__(self, description: str, *, retry_after_s: int = 1) -> None:
        super().__init__(description, retry_after_s=retry_after_s)
