"""
Create and read orders.
"""

from gateway.domain.errors import BadRequest, NotFound
from gateway.domain.merchant import Merchant, Principal
from gateway.domain.money import is_currency, parse_amount_minor
from gateway.domain.order import AMOUNT_MINOR_MIN, Order, OrderStatus
from gateway.services.context import Context
from gateway.storage import merchants, orders

_RECEIPT_LENGTH_MAX = 255
_NOTES_MEMBERS_MAX = 50
_NOTE_LENGTH_MAX = 500
_ID_TRIES = 5


def _receipt(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _RECEIPT_LENGTH_MAX:
        raise BadRequest(
            f"receipt must be text of at most {_RECEIPT_LENGTH_MAX} characters", param="receipt"
        )
    return value


def _notes(value: object) -> dict[str, object] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadRequest("notes must be an object", param="notes")
    if len(value) > _NOTES_MEMBERS_MAX:
        raise BadRequest(f"notes must have at most {_NOTES_MEMBERS_MAX} members", param="notes")
    for name, note in value.items():
        if isinstance(note, str) and len(note) > _NOTE_LENGTH_MAX:
            raise BadRequest(
                f"notes.{name[:40]} must be at most {_NOTE_LENGTH_MAX} characters", param="notes"
            )
    return value


def _currency(value: object) -> str:
    if not isinstance(value, str) or not is_currency(value):
        raise BadRequest(
            "currency must be an ISO 4217 code in capitals such as INR", param="currency"
        )
    return value


async def create_order(context: Context, principal: Principal, fields: dict[str, object]) -> Order:
    """
    Create an order from the request's fields.  Raises `BadRequest`.
    """
    amount_minor = parse_amount_minor(fields.get("amount"), minimum_minor=AMOUNT_MINOR_MIN)
    currency = _currency(fields.get("currency", "INR"))
    receipt, notes = _receipt(fields.get("receipt")), _notes(fields.get("notes"))
    for _ in range(_ID_TRIES):
        number = await orders.next_order_number(context.database) if context.rng.seeded else 0
        order = Order(
            id=context.ids.new("order_", str(principal.merchant.id), str(number)),
            merchant_id=principal.merchant.id,
            amount_minor=amount_minor,
            currency=currency,
            receipt=receipt,
            notes=notes,
            status=OrderStatus.CREATED,
            created_at=principal.now,
            updated_at=principal.now,
        )
        if await orders.insert_order(context.database, order):
            return order
    raise AssertionError("five ids in a row were taken")


async def get_order(context: Context, principal: Principal, order_id: str) -> Order:
    """
    The merchant's order.  Raises `NotFound`.
    """
    found = await orders.find_order(context.database, order_id, merchant_id=principal.merchant.id)
    if found is None:
        raise NotFound("Order not found")
    return found[0]


async def get_public_order(context: Context, order_id: str) -> tuple[Order, Merchant]:
    """
    Any merchant's order, for the checkout page, and whose it is.  Raises `NotFound`.
    """
    found = await orders.find_order(context.database, order_id, merchant_id=None)
    merchant = None
    if found is not None:
        merchant = await merchants.find_merchant(context.database, found[0].merchant_id)
    if found is None or merchant is None:
        raise NotFound("Order not found")
    return found[0], merchant
