"""
The catalogue: which input makes the bank answer what.  Served at `GET /outcomes`; documents and suites are made from it.

Sources: conventions 4.5 (cards, VPAs, amounts by ISO 8583 response code).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What becomes of an authorisation.  `decline_code` None = approved.
    """

    name: str
    decline_code: str | None
    message: str

    @property
    def approves(self) -> bool:
        """
        Whether the money is there.
        """
        return self.decline_code is None


_DECLINES: Final = {
    "generic_decline": "The bank declined the payment",
    "insufficient_funds": "The account has too little money",
    "lost_card": "The card was reported lost",
    "stolen_card": "The card was reported stolen",
    "expired_card": "The card has expired",
    "incorrect_cvc": "The card's security code is wrong",
    "processing_error": "The bank could not process the payment",
    "do_not_honor": "The bank does not honour the payment",
    "issuer_unavailable": "The payer's bank is away",
    "vpa_not_found": "There is no such UPI address",
    "payer_rejected": "The payer rejected the request",
    "payer_timeout": "The payer did not answer in time",
    "cancelled_by_caller": "The request was cancelled before it arrived",
    "velocity_exceeded": "The card was used too often",
    "fraudulent": "The payment looks fraudulent",
}

OUTCOMES: Final[dict[str, Outcome]] = {
    "approve": Outcome(name="approve", decline_code=None, message="Approved"),
    **{
        code: Outcome(name=code, decline_code=code, message=message)
        for code, message in _DECLINES.items()
    },
}

#: Well-known test card numbers.  Any other number gets the default outcome.
CARDS: Final = {
    "4242424242424242": "approve",
    "5555555555554444": "approve",
    "378282246310005": "approve",
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4000000000006975": "velocity_exceeded",
    "4100000000000019": "fraudulent",
}

#: The part of a VPA before the @.
VPAS: Final = {
    "success": "approve",
    "failure": "generic_decline",
    "insufficient": "insufficient_funds",
    "notfound": "vpa_not_found",
    "reject": "payer_rejected",
    "timeout": "payer_timeout",
}

#: Last two digits of the amount, when TEST_AMOUNT_TRIGGERS is on.
AMOUNTS: Final = {
    "05": "do_not_honor",
    "51": "insufficient_funds",
    "54": "expired_card",
    "91": "issuer_unavailable",
}

HOLDERS: Final = {
    "DECLINE": "generic_decline",
    "FUND": "insufficient_funds",
}


def webhook_sequence(outcome: Outcome) -> list[str]:
    """
    The events that a gateway of the contract announces for this outcome, in order.
    """
    end = "payment.success" if outcome.approves else "payment.failed"
    return ["payment.created", "payment.pending", end]


def catalogue() -> dict[str, object]:
    """
    The whole catalogue as JSON.
    """
    return {
        "precedence": ["header", "control", "instrument", "holder", "amount", "default"],
        "outcomes": [
            {
                "name": outcome.name,
                "status": "captured" if outcome.approves else "declined",
                "decline_code": outcome.decline_code,
                "message": outcome.message,
                "webhooks": webhook_sequence(outcome),
            }
            for outcome in OUTCOMES.values()
        ],
        "triggers": {
            "header": {"name": "X-Test-Scenario", "values": list(OUTCOMES)},
            "cards": CARDS,
            "vpas": {f"{name}@any": outcome for name, outcome in VPAS.items()},
            "holders": HOLDERS,
            "amounts": {f"…{digits}": outcome for digits, outcome in AMOUNTS.items()},
        },
    }
