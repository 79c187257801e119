"""
Create and read payments.  The outcome is decided later, by `settling.py`.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import msgspec

from gateway.bank.answers import VaultRefused, VaultUnavailable
from gateway.domain.cards import parse_card
from gateway.domain.errors import BadRequest, Conflict, InvalidCard, NotFound, RetryLater
from gateway.domain.events import EventType
from gateway.domain.facts import Facts, StateChange
from gateway.domain.idempotency import KeyedRequest, StoredResponse
from gateway.domain.merchant import Behaviour, Principal
from gateway.domain.order import Order, OrderStatus
from gateway.domain.payment import BankState, CaptureMethod, Payment, PaymentStatus
from gateway.domain.signing import checkout_signature
from gateway.domain.vpa import parse_vpa
from gateway.domain.work import NewWork, WorkKind, WorkRef
from gateway.services.announcing import announce_payment
from gateway.services.context import Context
from gateway.services.idempotent import KeyTaken, Reply, run_idempotent
from gateway.storage import orders, payments, webhooks
from gateway.storage.uniqueness import IdTaken

#: Only a seed makes ids that others draw too: then each of many concurrent creations takes the next free number.
_ID_TRIES: Final = 256
_CREATED: Final = 201
#: Net banking's bank codes of the simulated bank's page; any short code is passed on.
_BANK_CODE_LENGTH_MAX: Final = 16
_RETURN_URL_LENGTH_MAX: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """
    How the payer pays, without anything that may not be kept.
    """

    method: str
    bank: dict[str, object]
    vpa: str | None = None
    card_network: str | None = None
    card_last4: str | None = None


async def _card_instrument(
    context: Context, principal: Principal, fields: dict[str, object]
) -> Instrument:
    details = fields.get("card")
    if details is None:
        details = _flat_card(fields)
    if not isinstance(details, dict):
        raise InvalidCard("Card validation failed", param="card")
    card = parse_card(details, today=principal.now.date())
    try:
        token = await context.bank.tokenise(card, merchant_id=principal.merchant.id)
    except VaultRefused as error:
        raise InvalidCard("Card validation failed", param="card") from error
    except VaultUnavailable as error:
        raise RetryLater(
            "The bank's card vault is away; nothing was done. Send the request again."
        ) from error
    return Instrument(
        method="card",
        bank={"type": "card", "token": token.token},
        card_network=card.network,
        card_last4=card.last4,
    )


def _flat_card(fields: dict[str, object]) -> dict[str, object] | None:
    """
    Card data as flat members (`card_number`, `card_expiry` MM/YY, `card_cvv`), a spelling seen in the wild; None when there are none.
    """
    if "card_number" not in fields:
        return None
    month, _, year = str(fields.get("card_expiry") or "").partition("/")
    return {
        "number": fields["card_number"],
        "expiry_month": fields.get("card_expiry_month", month.strip()),
        "expiry_year": fields.get("card_expiry_year", year.strip()),
        "cvv": fields.get("card_cvv"),
        "holder_name": fields.get("card_holder_name"),
    }


async def _instrument(
    context: Context, principal: Principal, fields: dict[str, object]
) -> Instrument:
    match fields.get("method"):
        case "upi":
            vpa = parse_vpa(fields.get("vpa", fields.get("upi_id")))
            return Instrument(method="upi", bank={"type": "upi", "vpa": vpa}, vpa=vpa)
        case "card":
            token = fields.get("card_token")
            if token is not None:
                return _token_instrument(token)
            return await _card_instrument(context, principal, fields)
        case "netbanking":
            code = fields.get("bank_code")
            if not isinstance(code, str) or not code.isalnum() or len(code) > _BANK_CODE_LENGTH_MAX:
                raise BadRequest("bank_code must be a bank's short code", param="bank_code")
            return Instrument(method="netbanking", bank={"type": "netbanking", "bank_code": code})
        case _:
            raise BadRequest("method must be upi, card or netbanking", param="method")


def _token_instrument(value: object) -> Instrument:
    """
    A card that the checkout page put into the vault before; the token reads `network.last4.token`, as `tokenise_card` made it.
    """
    parts = value.split(".", 2) if isinstance(value, str) else []
    if len(parts) != 3 or not (parts[1].isdigit() and len(parts[1]) == 4):  # noqa: PLR2004
        raise InvalidCard("Card validation failed", param="card_token")
    return Instrument(
        method="card",
        bank={"type": "card", "token": parts[2]},
        card_network=parts[0],
        card_last4=parts[1],
    )


async def tokenise_card(
    context: Context, principal: Principal, fields: dict[str, object]
) -> dict[str, object]:
    """
    Put a card into the bank's vault for a later payment: `{token, card_network, card_last4}`.  Raises as card payments do.
    """
    instrument = await _card_instrument(context, principal, {"card": fields})
    token = f"{instrument.card_network}.{instrument.card_last4}.{instrument.bank['token']}"
    return {
        "token": token,
        "card_network": instrument.card_network,
        "card_last4": instrument.card_last4,
    }


def _return_url(value: object) -> str | None:
    """
    Where the bank sends the payer's browser after a challenge.
    """
    if value is None:
        return None
    parts = None
    if isinstance(value, str) and value.isprintable():
        with contextlib.suppress(ValueError):
            parts = urlsplit(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadRequest("return_url must be an http or https URL", param="return_url")
    if len(parts.geturl()) > _RETURN_URL_LENGTH_MAX:
        raise BadRequest(
            f"return_url must have at most {_RETURN_URL_LENGTH_MAX} characters", param="return_url"
        )
    return parts.geturl()


def _capture_method(value: object) -> CaptureMethod:
    if value is None:
        return CaptureMethod.AUTOMATIC
    if value not in ("automatic", "manual"):
        raise BadRequest("capture_method must be automatic or manual", param="capture_method")
    return CaptureMethod(str(value))


def _new_payment(
    context: Context,
    order: Order,
    instrument: Instrument,
    capture_method: CaptureMethod,
    scenario: str | None,
    *,
    principal: Principal,
    number: int,
) -> Payment:
    payment_id = context.ids.new("pay_", order.id, str(number))
    return Payment(
        id=payment_id,
        order_id=order.id,
        merchant_id=principal.merchant.id,
        amount_minor=order.amount_minor,
        currency=order.currency,
        method=instrument.method,
        status=PaymentStatus.PENDING,
        vpa=instrument.vpa,
        card_network=instrument.card_network,
        card_last4=instrument.card_last4,
        error_code=None,
        error_description=None,
        captured=False,
        created_at=principal.now,
        updated_at=principal.now,
        capture_method=capture_method,
        authorised_minor=0,
        paid_minor=0,
        refunded_minor=0,
        bank_state=BankState.NONE,
        bank_request_id=f"{payment_id}:auth:1",
        bank_reference=None,
        bank_instrument=instrument.bank,
        decline_code=None,
        scenario=scenario,
        test_trigger=None,
        next_action_url=None,
        needs_review=None,
        version=1,
    )


def _facts_of_creation(context: Context, principal: Principal, payment: Payment) -> Facts:
    facts = Facts(merchant_id=principal.merchant.id, at=principal.now)
    facts.changes.append(
        StateChange(
            entity_id=payment.id,
            version=1,
            from_state="",
            to_state="pending/none",
            cause="created by the merchant",
        )
    )
    announce_payment(context, facts, principal.merchant, EventType.PAYMENT_CREATED, payment)
    announce_payment(context, facts, principal.merchant, EventType.PAYMENT_PENDING, payment)
    facts.work.append(
        NewWork(
            kind=WorkKind.PAYMENT,
            entity_id=payment.id,
            merchant_id=payment.merchant_id,
            due_at=principal.now,
        )
    )
    return facts


async def create_payment(
    context: Context,
    principal: Principal,
    fields: dict[str, object],
    *,
    key: KeyedRequest | None,
    scenario: str | None,
    render: Callable[[Payment], dict[str, object]],
) -> Reply:
    """
    Create a pending payment and stage its work.  Amount and currency come from the order, never from the caller.

    `render` makes the answer, which is stored with the key.  Raises `NotFound`, `BadRequest` and its kin, `Conflict`, the idempotency errors.
    """

    async def effect(keep: Callable[[int, bytes], StoredResponse | None]) -> Reply:
        order_id = fields.get("order_id", fields.get("orderId"))
        if not isinstance(order_id, str) or not order_id:
            raise BadRequest("order_id must be the id of an order", param="order_id")
        capture_method = _capture_method(fields.get("capture_method"))
        found = await orders.find_order(
            context.database, order_id, merchant_id=principal.merchant.id
        )
        if found is None:
            raise NotFound("Order not found")
        order, number = found
        if order.status is OrderStatus.PAID and principal.merchant.behaviour is Behaviour.STRICT:
            raise Conflict("Order is already paid")
        return_url = _return_url(fields.get("return_url"))
        instrument = await _instrument(context, principal, fields)
        if return_url is not None:
            instrument.bank["return_url"] = return_url
        for attempt in range(_ID_TRIES):
            payment = _new_payment(
                context,
                order,
                instrument,
                capture_method,
                scenario,
                principal=principal,
                number=number + attempt,
            )
            body = msgspec.json.encode(render(payment))
            facts = _facts_of_creation(context, principal, payment)
            try:
                created = await payments.insert_payment(
                    context.database, payment, facts, keep(_CREATED, body)
                )
            except IdTaken:
                continue
            if not created:
                raise KeyTaken
            await context.hints.send(
                [work.ref for work in facts.work]
                + [WorkRef(WorkKind.DELIVERY, str(d.id)) for d in facts.deliveries]
            )
            return Reply(status=_CREATED, body=body)
        raise AssertionError("every id that was tried was taken")

    return await run_idempotent(context, principal, key, effect)


async def get_payment(context: Context, principal: Principal, payment_id: str) -> Payment:
    """
    The merchant's payment.  Raises `NotFound`.
    """
    payment = await payments.find_payment(
        context.database, payment_id, merchant_id=principal.merchant.id
    )
    if payment is None:
        raise NotFound("Payment not found")
    return payment


async def get_public_payment(context: Context, payment_id: str) -> tuple[Payment, str | None]:
    """
    Any merchant's payment, for the checkout page, and once it succeeded the signature that the merchant's server can check.  Raises `NotFound`.
    """
    payment = await payments.find_payment(context.database, payment_id, merchant_id=None)
    if payment is None:
        raise NotFound("Payment not found")
    if payment.status is not PaymentStatus.SUCCESS:
        return payment, None
    settings = await webhooks.read_webhook_settings(context.database, payment.merchant_id)
    if not settings.legacy_secrets:
        return payment, None
    secret = context.secrets.decrypt(settings.legacy_secrets[0], owner=str(payment.merchant_id))
    return payment, checkout_signature(secret, order_id=payment.order_id, payment_id=payment.id)
