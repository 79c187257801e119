"""
Questions about orders, payments and refunds.
"""

from dataclasses import dataclass
from typing import Any, Final

from conformance.harness.clock import wait_until
from conformance.harness.probing.asking import Asker, Reply
from conformance.harness.probing.findings import Findings

_DECIDED_WITHIN_S: Final = 15.0
_CREATED, _OK = 201, 200
_BAD_CARD: Final = {
    "number": "4111111111111112",
    "expiry_month": "12",
    "expiry_year": "2035",
    "cvv": "123",
    "holder_name": "Asha Rao",
}
_FLAT_CARD: Final = {
    "card_number": "4111111111111111",
    "card_expiry": "12/35",
    "card_cvv": "123",
    "card_holder_name": "Asha Rao",
}


@dataclass(slots=True)
class Spoken:
    """
    What later questions build on.
    """

    case: str = "snake"
    order_id: str | None = None
    payment_id: str | None = None
    status: str | None = None

    def name(self, contract_name: str, camel_name: str) -> str:
        """
        A request member in the case that the target takes.
        """
        return camel_name if self.case == "camel" else contract_name


async def ask_about_orders(asker: Asker, findings: Findings) -> Spoken:
    """
    Create and read an order: envelope, public route.
    """
    spoken = Spoken()
    body = {"amount": 50_000, "currency": "INR", "receipt": "probe"}
    reply = await asker.ask("POST", asker.contract.path("orders"), body)
    found = reply.member("id")
    if reply.status not in (_OK, _CREATED) or not isinstance(found, str):
        findings.not_seen("orders", f"POST /orders answered {reply.status}")
        return spoken
    spoken.order_id = found
    findings.same("orders", "orders are created")
    if isinstance(reply.document, dict) and "id" not in reply.document:
        findings.differs("shape", "unwrap", "data", "answers are wrapped in `data`")
    if reply.member("createdAt") is not None:
        findings.differs("shape", "answers", "camel", "answers are in camelCase")
    public = await asker.ask(
        "GET", asker.contract.path("order_public", order_id=found), signed_in=False
    )
    if public.accepted and public.member("id") == found:
        findings.capability("public_routes", "the public order can be read")
    return spoken


async def new_payment(
    asker: Asker, spoken: Spoken, *, key: str | None = None, **fields: Any
) -> Reply:
    """
    A payment; of the probe's first order where a key is given, else of a new one, for targets that take one payment an order.
    """
    order_id = spoken.order_id
    if key is None:
        order = await asker.ask("POST", asker.contract.path("orders"), {"amount": 50_000})
        order_id = order.member("id") or order_id
    body = {spoken.name("order_id", "orderId"): order_id, "method": "upi", **fields}
    headers = {"Idempotency-Key": key} if key else None
    return await asker.ask("POST", asker.contract.path("payments"), body, headers=headers)


async def ask_about_payments(
    asker: Asker, findings: Findings, spoken: Spoken, *, seed: str
) -> None:
    """
    Case of requests, replay status, card shape, where a payment can be read.
    """
    first = await new_payment(asker, spoken, key=f"probe-{seed}", vpa="success@bank")
    if not isinstance(first.member("id"), str):
        spoken.case = "camel"
        first = await new_payment(asker, spoken, key=f"probe-{seed}-camel", vpa="success@bank")
        if not isinstance(first.member("id"), str):
            findings.not_seen("payments", f"POST /payments answered {first.status}")
            return
        findings.differs("shape", "requests", "camel", "requests are in camelCase")
    else:
        await _replay(asker, findings, spoken, first, seed)
    spoken.payment_id = str(first.member("id"))
    findings.same("payments", "payments are created")
    await _card_shape(asker, findings, spoken)
    await _reading(asker, findings, spoken)


async def _replay(
    asker: Asker, findings: Findings, spoken: Spoken, first: Reply, seed: str
) -> None:
    again = await new_payment(asker, spoken, key=f"probe-{seed}", vpa="success@bank")
    if again.member("id") != first.member("id"):
        findings.not_seen("status.replay", "the key made a second payment")
    elif again.status == _OK:
        findings.differs("status", "replay", [_OK], "a replay is answered 200")
    else:
        findings.same("status.replay", f"a replay is answered {again.status}")


async def _card_shape(asker: Asker, findings: Findings, spoken: Spoken) -> None:
    """
    Who validates the nested card reads it; who refuses it and takes the flat one reads that.
    """
    nested = await new_payment(asker, spoken, method="card", card=_BAD_CARD)
    flat = await new_payment(asker, spoken, method="card", **_FLAT_CARD)
    good = {**_BAD_CARD, "number": "4111111111111111"}
    valid = await new_payment(asker, spoken, method="card", card=good)
    if valid.accepted and not flat.accepted:
        findings.same("shape.card", "the nested card is taken")
    elif flat.accepted and not valid.accepted:
        findings.differs("shape", "card", "flat", "card data is taken as flat members")
    elif valid.accepted and not nested.accepted:
        findings.same("shape.card", "the nested card is validated")
    else:
        findings.not_seen("shape.card", "nested and flat card data get the same answer")


async def _reading(asker: Asker, findings: Findings, spoken: Spoken) -> None:
    """
    Where a payment is read: by the merchant, in the open, in the list.
    """
    payment_id = str(spoken.payment_id)
    contract = asker.contract
    own = await asker.ask("GET", contract.path("payment", payment_id=payment_id))
    state = contract.path("payment", payment_id="{payment_id}")
    if own.member("id") == payment_id:
        findings.same("paths.payment", "the payment can be read")
    public = ("/api/v1/payments/{payment_id}/public", "/api/v1/payments/public/{payment_id}")
    for path in public:
        reply = await asker.ask("GET", path.format(payment_id=payment_id), signed_in=False)
        if reply.member("id") == payment_id:
            if path != public[0]:
                findings.differs(
                    "paths", "payment_public", path, f"the public payment is at {path}"
                )
            if own.member("id") != payment_id:
                state = path
            break
    state = await _list(asker, findings, payment_id, own, state)
    if state != contract.path("payment", payment_id="{payment_id}"):
        findings.differs("paths", "payment_state", state, f"a payment's state is seen at {state}")
    if own.member("id") != payment_id:
        findings.not_seen("paths.payment", f"GET /payments/{{id}} answered {own.status}")


async def _list(asker: Asker, findings: Findings, payment_id: str, own: Reply, state: str) -> str:
    for path in ("/api/v1/payments", "/api/v1/payments/list"):
        reply = await asker.ask("GET", path)
        rows = reply.document.get("data") if isinstance(reply.document, dict) else reply.document
        if isinstance(rows, list):
            if path != "/api/v1/payments":
                findings.differs("paths", "payments_list", path, f"payments are listed at {path}")
            seen_elsewhere = own.member("id") == payment_id or state.endswith("public")
            return state if seen_elsewhere or "public" in state else path
    return state


async def decided(asker: Asker, findings: Findings, spoken: Spoken) -> None:
    """
    Wait until the probe's payment is decided; later questions need one that succeeded.
    """
    paths = findings.sections.get("paths", {})
    path = paths.get("payment_state", asker.contract.path("payment", payment_id="{payment_id}"))

    async def look() -> str | None:
        reply = await asker.ask("GET", path.format(payment_id=spoken.payment_id))
        rows = reply.document if isinstance(reply.document, list) else None
        row = next((r for r in rows or [] if r.get("id") == spoken.payment_id), None)
        status = row.get("status") if row else reply.member("status")
        return None if status in ("pending", "processing", None) else str(status)

    spoken.status = await wait_until(look, within_s=_DECIDED_WITHIN_S)
    if spoken.status is None:
        findings.not_seen(
            "refunds", f"no payment was decided within {_DECIDED_WITHIN_S:g} s; is TEST_MODE on?"
        )


async def ask_about_refunds(asker: Asker, findings: Findings, spoken: Spoken) -> None:
    """
    Where refunds are made and read.
    """
    if spoken.status != "success":
        return
    payment_id = str(spoken.payment_id)
    created, how = await _refund(asker, payment_id)
    refund_id = created.member("id")
    if not isinstance(refund_id, str):
        findings.not_seen("paths.refunds", f"no refund could be made: {created.status}")
        return
    if how != "/api/v1/payments/{payment_id}/refunds":
        findings.differs("paths", "refunds", how, f"refunds are made at {how}")
    for path in ("/api/v1/refunds/{refund_id}", "/api/v1/payments/refunds/{refund_id}"):
        reply = await asker.ask("GET", path.format(refund_id=refund_id))
        if reply.member("id") == refund_id:
            if path != "/api/v1/refunds/{refund_id}":
                findings.differs("paths", "refund", path, f"a refund is read at {path}")
            else:
                findings.same("paths.refund", "the refund can be read")
            return
    findings.not_seen("paths.refund", "the refund can be read nowhere")


async def _refund(asker: Asker, payment_id: str) -> tuple[Reply, str]:
    candidates: tuple[tuple[str, dict[str, str]], ...] = (
        ("/api/v1/payments/{payment_id}/refunds", {}),
        ("/api/v1/refunds", {"payment_id": payment_id}),
        ("/api/v1/payments/{payment_id}/refund", {}),
    )
    replies = []
    for path, members in candidates:
        reply = await asker.ask(
            "POST", path.format(payment_id=payment_id), {"amount": 100, **members}
        )
        if reply.accepted:
            return reply, path
        replies.append(reply)
    return replies[0], candidates[0][0]
