"""
Every call of the simulated bank's control API, built as a `Call`.  Source: docs/bank-wire.md and docs/scenarios.md.

What has no function of its own is reached by `control`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .calls import Call, Document, given, part
from .errors import AnswerUnreadable


def _document(document: Any) -> Document:
    return dict(document)


def _rows(rows: Any) -> list[Document]:
    if not isinstance(rows, list):
        raise AnswerUnreadable(f"expected a list, found {rows!r:.80}")
    return rows


def outcomes() -> Call[Document]:
    """
    The catalogue: which card, VPA, amount, holder name or header makes the bank answer what.
    """
    return Call(method="GET", path="/outcomes", parse=_document)


def control(
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None = None,
    **query: str | int,
) -> Call[Document]:
    """
    Any call below `/control/`, its path as it stands on the wire, such as `control("PUT", "outcome", body={"outcome": "lost_card"})`.
    """
    below = path.removeprefix("/control").strip("/")
    return Call(
        method=method.upper(), path=f"/control/{below}", body=body, query=query, parse=_document
    )


def program_outcome(outcome: str | None) -> Call[Document]:
    """
    How every authorisation of this bank ends from now on; None: as the triggers say.
    """
    return control("PUT", "outcome", body={"outcome": outcome})


def load_scenario(scenario: str | Mapping[str, Any]) -> Call[Document]:
    """
    Load a ready scenario by its name, or one of your own as a document.  Loading it again starts it anew.
    """
    body = {"name": scenario} if isinstance(scenario, str) else scenario
    return control("POST", "scenarios", body=body)


def clear_scenarios() -> Call[Document]:
    """
    Forget all scenarios that are loaded.
    """
    return control("DELETE", "scenarios")


def break_answers(
    fault: str | Mapping[str, Any], *, when: Mapping[str, Any] | None = None, times: int = 1
) -> Call[Document]:
    """
    Break the next answers to what `when` is about, such as `{"operation": "refund"}`; without it, to anything.
    """
    body = {"fault": fault, "times": times, **given(when=when)}
    return control("POST", "faults", body=body)


def close_gate(
    gate: str, *, when: Mapping[str, Any] | None = None, at: str | None = None
) -> Call[Document]:
    """
    What `when` is about waits at this gate from now on, `before` its effect or `after`.
    """
    return control("PUT", f"gates/{part(gate)}", body=given(when=when, at=at))


def wait_at_gate(gate: str, *, count: int = 1, within_s: float = 5.0) -> Call[Document]:
    """
    Who waits at the gate, as soon as `count` do: `{waiting, complete}`.
    """
    return Call(
        method="GET",
        path=f"/control/gates/{part(gate)}",
        query={"count": count, "within_ms": int(within_s * 1000)},
        timeout_s=within_s + 10,
        parse=_document,
    )


def release_gate(
    gate: str, *, count: int | None = None, order: Sequence[str] | None = None
) -> Call[Document]:
    """
    Let all go together, or the first `count`, or these requests one after the other; the gate stays closed.
    """
    body = given(count=count, order=None if order is None else list(order))
    return control("POST", f"gates/{part(gate)}/release", body=body)


def open_gate(gate: str) -> Call[Document]:
    """
    Forget the gate, and let everybody go.
    """
    return control("DELETE", f"gates/{part(gate)}")


def set_account(balance_minor: int, *, currency: str = "INR", **instrument: str) -> Call[Document]:
    """
    The payer with this `vpa`, `pan` or `bank_code` has so much and no more.
    """
    body = {**instrument, "balance": balance_minor, "currency": currency}
    return control("PUT", "accounts", body=body)


def open_dispute(
    payment_reference: str, *, reason: str | None = None, amount_minor: int | None = None
) -> Call[Document]:
    """
    The payer disputes a captured payment, all of it when no amount is given.
    """
    body = {"payment_reference": payment_reference, **given(reason=reason, amount=amount_minor)}
    return control("POST", "disputes", body=body)


def close_dispute(dispute_id: str, *, won: bool) -> Call[Document]:
    """
    The merchant's bank wins or loses a dispute.
    """
    return control("POST", f"disputes/{part(dispute_id)}/{'won' if won else 'lost'}")


def journal(*, kind: str | None = None, after: int = 0, limit: int = 1000) -> Call[list[Document]]:
    """
    What this bank saw, oldest first, after a sequence number.
    """
    return Call(
        method="GET",
        path="/control/journal",
        query={"after": after, "limit": limit, **({} if kind is None else {"kind": kind})},
        member="journal",
        parse=_rows,
    )


def entries() -> Call[list[Document]]:
    """
    Every debit and credit of this bank.
    """
    return Call(method="GET", path="/control/entries", member="entries", parse=_rows)


def statement(day: str) -> Call[list[Document]]:
    """
    The lines of the settlement file of one UTC day, YYYY-MM-DD.
    """
    path = f"/v1/statements/{part(day)}"
    return Call(method="GET", path=path, member="lines", parse=_rows)


def inquire(request_id: str) -> Call[Document]:
    """
    What the bank knows about one request of its acquirer.
    """
    return Call(method="GET", path=f"/v1/requests/{part(request_id)}", parse=_document)


def reset() -> Call[Document]:
    """
    Forget everything about this bank: book, vault, journal, programmed outcomes.
    """
    return control("POST", "reset")
