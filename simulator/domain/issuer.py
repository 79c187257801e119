"""
The issuer's decision: pure, from the request, what was programmed, and keyed draws.
"""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.domain.outcomes import AMOUNTS, BANK_CODES, CARDS, HOLDERS, OUTCOMES, VPAS, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    The outcome and which kind of rule chose it.
    """

    outcome: Outcome
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """
    What happens when nothing else was asked for.
    """

    test_mode: bool
    test_payment_success: bool
    upi_success_rate: float
    card_success_rate: float
    amount_triggers: bool


def card_trigger(pan: str) -> str | None:
    """
    The outcome that this card number asks for.
    """
    return CARDS.get(pan)


def holder_trigger(holder_name: str | None) -> str | None:
    """
    The outcome that this holder name asks for.
    """
    return HOLDERS.get((holder_name or "").strip().upper())


def decide(
    *,
    header: str | None,
    programmed: str | None,
    instrument_type: str,
    instrument_trigger: str | None,
    holder: str | None,
    vpa: str | None,
    bank_code: str | None,
    amount_minor: int,
    defaults: Defaults,
    draw: Callable[[], float],
) -> Decision:
    """
    Choose by precedence header > control > instrument > holder > amount > default.  Unknown names were refused before.
    """
    of_vpa = VPAS.get(vpa.partition("@")[0].lower()) if vpa else None
    of_bank = BANK_CODES.get(bank_code, "netbanking_page") if bank_code else None
    of_amount = AMOUNTS.get(f"{amount_minor % 100:02d}") if defaults.amount_triggers else None
    for source, name in (
        ("header", header),
        ("control", programmed),
        ("instrument", instrument_trigger or of_vpa or of_bank),
        ("holder", holder),
        ("amount", of_amount),
    ):
        if name is not None:
            return Decision(outcome=OUTCOMES[name], source=source)
    if defaults.test_mode:
        approves = defaults.test_payment_success
    else:
        is_upi = instrument_type == "upi"
        approves = draw() < (defaults.upi_success_rate if is_upi else defaults.card_success_rate)
    return Decision(
        outcome=OUTCOMES["approve" if approves else "generic_decline"], source="default"
    )
