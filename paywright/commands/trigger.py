"""
`paywright trigger`: make an event happen, or a bank's outcome, over the public API.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import typer

from paywright.clock import monotonic_s, pause
from paywright.commands.remote import (
    API_URL,
    FAILED_STATUS,
    KEY,
    SECRET,
    USAGE_STATUS,
    Api,
    AsJson,
    Key,
    Secret,
    document,
    fail,
    gateway,
    line,
    note,
)
from sdk.python.results import Payment, PaymentStatus, Refund, RefundStatus
from sdk.python.rng import new_idempotency_key
from sdk.python.sync_client import SyncClient

_AMOUNT_MINOR: Final = 50_000
_ORDER_FIELDS: Final = ("amount", "currency", "receipt", "notes")
_REFUND_FIELDS: Final = ("refund_amount", "reason")
_POLL_S: Final = 0.05
#: The bank's answer to an outcome that it does not know.
_UNKNOWN: Final = "scenario_unknown"
#: Extensions: sent to merchants that ask for them (contract profile).
_ASKED_FOR: Final = ("payment.captured", "payment.voided")


@dataclass(slots=True)
class Maker:
    """
    Makes orders, payments and refunds with what `--set` says, and remembers them.
    """

    client: SyncClient
    fields: Mapping[str, Any]
    within_s: float
    made: dict[str, Any] = field(default_factory=dict)

    def pay(self, *, scenario: str | None = None, **usual: Any) -> Payment:
        """
        A new payment of a new order.
        """
        order_fields = {n: v for n, v in self.fields.items() if n in _ORDER_FIELDS}
        order = self.client.create_order(order_fields.pop("amount", _AMOUNT_MINOR), **order_fields)
        self.made["order"] = order.id
        beside = (*_ORDER_FIELDS, *_REFUND_FIELDS)
        chosen = {n: v for n, v in self.fields.items() if n not in beside}
        method = str(chosen.pop("method", "upi"))
        payment = self.client.create_payment(
            order.id,
            method=method,
            scenario=scenario,
            idempotency_key=new_idempotency_key(),
            **{**({"vpa": "success@bank"} if method == "upi" else {}), **usual, **chosen},
        )
        return self._note(payment)

    def decided(self, payment: Payment, wanted: str | None) -> Payment:
        """
        The payment once it is decided, as `wanted`.
        """
        found = self._note(self.client.wait_for_payment(payment.id, within_s=self.within_s))
        if wanted is not None and found.status != wanted:
            why = found.decline_code or found.error_code
            raise fail(f"{found.id} is {found.status} ({why}), not {wanted}", FAILED_STATUS)
        return found

    def outcome(self, name: str) -> None:
        """
        A payment that the bank treats as an outcome of its catalogue says.
        """
        if self.decided(self.pay(scenario=name), None).decline_code == _UNKNOWN:
            raise fail(
                f"{name} is neither an event ({', '.join(EVENTS)}) nor an outcome of the bank (its GET /outcomes lists them)",
                USAGE_STATUS,
            )

    def paid(self, **usual: Any) -> Payment:
        """
        A payment that succeeded.
        """
        return self.decided(self.pay(**usual), PaymentStatus.SUCCESS)

    def refund(self, payment: Payment) -> Refund:
        """
        A new refund of the payment.
        """
        refund = self.client.create_refund(
            payment.id,
            self.fields.get("refund_amount", payment.amount_minor),
            reason=self.fields.get("reason"),
            idempotency_key=new_idempotency_key(),
        )
        self.made |= {"refund": refund.id, "status": refund.status}
        return refund

    def processed(self, refund: Refund) -> None:
        """
        Wait until the refund is decided.
        """
        deadline_s = monotonic_s() + self.within_s
        while (found := self.client.get_refund(refund.id)).status == RefundStatus.PENDING:
            if monotonic_s() >= deadline_s:
                raise fail(f"{refund.id} is still pending after {self.within_s:g} s", FAILED_STATUS)
            pause(_POLL_S)
        self.made["status"] = found.status

    def manual(self) -> Payment:
        """
        A payment whose money is held, not taken.
        """
        return self.paid(capture_method="manual")

    def _note(self, payment: Payment) -> Payment:
        self.made |= {"payment": payment.id, "status": payment.status}
        if payment.decline_code is not None:
            self.made["decline_code"] = payment.decline_code
        return payment

    def change(self, act: Callable[..., Payment], payment: Payment) -> None:
        """
        Capture or void it.
        """
        self._note(act(payment.id, idempotency_key=new_idempotency_key()))

    def ping(self) -> None:
        """
        A test webhook.
        """
        scheduled = self.client.send_test_webhook()
        self.made |= {"delivery": scheduled.id, "status": scheduled.status}


#: How each event is brought about.
EVENTS: Final[Mapping[str, Callable[[Maker], object]]] = {
    "payment.created": lambda make: make.pay(),
    "payment.pending": lambda make: make.pay(),
    "payment.success": lambda make: make.paid(),
    "payment.failed": lambda make: make.decided(
        make.pay(scenario="generic_decline"), PaymentStatus.FAILED
    ),
    "payment.captured": lambda make: make.change(make.client.capture_payment, make.manual()),
    "payment.voided": lambda make: make.change(make.client.void_payment, make.manual()),
    "refund.created": lambda make: make.refund(make.paid()),
    "refund.processed": lambda make: make.processed(make.refund(make.paid())),
    "webhook.test": lambda make: make.ping(),
}


def _fields(settings: list[str]) -> dict[str, Any]:
    """
    `name=value` pairs; a value that is JSON is read as JSON.  Raises `typer.Exit`.
    """
    fields: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not name or not equals:
            raise fail(f"--set needs name=value, found {setting!r}", USAGE_STATUS)
        try:
            fields[name] = json.loads(text)
        except ValueError:
            fields[name] = text
    return fields


def trigger(
    what: Annotated[
        str,
        typer.Argument(help=f"An event ({', '.join(EVENTS)}) or an outcome of the bank."),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="name=value, several times: amount, currency, receipt, notes; method, vpa, card …; refund_amount, reason.",
        ),
    ] = None,
    within_s: Annotated[
        float, typer.Option("--within", min=0, max=600, help="Seconds to wait for the bank.")
    ] = 30.0,
    api: Api = API_URL,
    key: Key = KEY,
    secret: Secret = SECRET,
    as_json: AsJson = False,
) -> None:
    """
    Make an event happen; or make a payment that the bank treats as an outcome says, such as insufficient_funds.
    """
    fields = _fields(settings or [])
    with gateway(api, key, secret) as client:
        make = Maker(client, fields, within_s)
        if what in EVENTS:
            EVENTS[what](make)
        elif "." in what:
            raise fail(
                f"{what} cannot be triggered; these can: {', '.join(EVENTS)}; so can the bank's outcomes",
                USAGE_STATUS,
            )
        else:
            make.outcome(what)
        hint = _hint(client, what)
    if as_json:
        document({"triggered": what, **make.made})
    else:
        line(f"{what}: " + ", ".join(f"{name} {value}" for name, value in make.made.items()))
    if hint is not None:
        note(hint)


def _hint(client: SyncClient, what: str) -> str | None:
    """
    Why no webhook will arrive, None when one will.
    """
    config = client.get_webhook_config()
    if config.webhook_url is None:
        return "no webhook URL is set, so nothing is delivered; `paywright listen` sets one"
    if config.events is None and what in _ASKED_FOR and config.behaviour == "contract":
        return f"{what} is delivered to merchants only that name it in their events"
    if config.events is not None and what in EVENTS and what not in config.events:
        return f"the merchant's events do not include {what}, so it is not delivered"
    return None
