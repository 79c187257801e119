"""
The issuer's decision and the catalogue.
"""

import pytest

from simulator.config import BadSetting, Settings
from simulator.domain.issuer import Decision, Defaults, card_trigger, decide, holder_trigger
from simulator.domain.outcomes import AMOUNTS, CARDS, HOLDERS, OUTCOMES, VPAS, catalogue

TEST = Defaults(
    test_mode=True,
    test_payment_success=True,
    upi_success_rate=0.9,
    card_success_rate=0.95,
    amount_triggers=False,
)


def _decide(**given: object) -> Decision:
    fields: dict[str, object] = {
        "header": None, "programmed": None, "instrument_type": "card", "instrument_trigger": None, "holder": None, "vpa": None, "bank_code": None,
        "amount_minor": 50_000, "defaults": TEST, "draw": lambda: 0.5, **given,
    }  # fmt: skip
    return decide(**fields)  # type: ignore[arg-type]


def test_precedence_is_header_control_instrument_holder_amount_default() -> None:
    """
    Take away the strongest, the next one decides.
    """
    amounts = Defaults(
        test_mode=True,
        test_payment_success=True,
        upi_success_rate=0.9,
        card_success_rate=0.95,
        amount_triggers=True,
    )
    given: dict[str, object] = {
        "header": "lost_card", "programmed": "stolen_card", "instrument_trigger": "expired_card", "holder": "insufficient_funds",
        "amount_minor": 50_051, "defaults": amounts,
    }  # fmt: skip
    seen = []
    for gone in ("", "header", "programmed", "instrument_trigger", "holder"):
        if gone:
            given[gone] = None
        seen.append(_decide(**given).source)
    seen.append(_decide(**{**given, "amount_minor": 50_000}).source)

    assert seen == ["header", "control", "instrument", "holder", "amount", "default"]


@pytest.mark.parametrize(
    "table", [CARDS, VPAS, AMOUNTS, HOLDERS], ids=["cards", "vpas", "amounts", "holders"]
)
def test_every_trigger_names_an_outcome(table: dict[str, str]) -> None:
    """
    No trigger without an outcome.
    """
    assert set(table.values()) <= set(OUTCOMES)


def test_triggers_are_found() -> None:
    """
    By number, holder and VPA.
    """
    assert card_trigger("4000000000009995") == "insufficient_funds"
    assert card_trigger("4111111111111111") is None
    assert holder_trigger(" decline ") == "generic_decline"
    assert (
        _decide(instrument_type="upi", vpa="Failure@any").outcome.decline_code == "generic_decline"
    )


def test_rates_decide_outside_test_mode() -> None:
    """
    A draw below the method's rate is approved.
    """
    live = Defaults(
        test_mode=False,
        test_payment_success=False,
        upi_success_rate=0.9,
        card_success_rate=0.95,
        amount_triggers=False,
    )

    assert _decide(defaults=live, instrument_type="upi", draw=lambda: 0.89).outcome.approves
    assert not _decide(defaults=live, instrument_type="upi", draw=lambda: 0.91).outcome.approves
    assert _decide(defaults=live, draw=lambda: 0.94).outcome.approves


def test_catalogue_lists_the_webhooks_of_each_outcome() -> None:
    """
    Approved ends in success, everything else in failed.
    """
    outcomes = catalogue()["outcomes"]
    assert isinstance(outcomes, list)

    for outcome in outcomes:
        end = "payment.failed" if outcome["decline_code"] else "payment.success"
        assert outcome["webhooks"] == ["payment.created", "payment.pending", end]


@pytest.mark.parametrize(
    "environ",
    [
        {"TEST_MODE": "x"},
        {"PORT": "-1"},
        {"UPI_SUCCESS_RATE": "2"},
        {"TEST_PROCESSING_DELAY": "1s"},
    ],
    ids=str,
)
def test_bad_settings_are_refused(environ: dict[str, str]) -> None:
    """
    One clear line.
    """
    with pytest.raises(BadSetting):
        Settings.from_env(environ)
