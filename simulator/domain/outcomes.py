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

    `challenge`: the payer is sent to the bank's page first; `decline_code` is then what follows when the payer agrees there.
    `dispute`: the payer disputes the payment afterwards.
    """

    name: str
    decline_code: str | None
    message: str
    challenge: bool = False
    dispute: bool = False

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
    "authentication_failed": "The payer could not be authenticated",
    "authentication_timeout": "The payer did not finish the authentication in time",
    "authentication_abandoned": "The payer left the authentication",
}

OUTCOMES: Final[dict[str, Outcome]] = {
    "approve": Outcome(name="approve", decline_code=None, message="Approved"),
    **{
        code: Outcome(name=code, decline_code=code, message=message)
        for code, message in _DECLINES.items()
    },
    "frictionless": Outcome(
        name="frictionless",
        decline_code=None,
        message="Approved, the payer was authenticated without a page",
    ),
    "challenge": Outcome(
        name="challenge", decline_code=None, message="Approved after the challenge", challenge=True
    ),
    "challenge_then_decline": Outcome(
        name="challenge_then_decline",
        decline_code="generic_decline",
        message=_DECLINES["generic_decline"],
        challenge=True,
    ),
    "challenge_then_insufficient_funds": Outcome(
        name="challenge_then_insufficient_funds",
        decline_code="insufficient_funds",
        message=_DECLINES["insufficient_funds"],
        challenge=True,
    ),
    "netbanking_page": Outcome(
        name="netbanking_page",
        decline_code=None,
        message="Approved on the bank's page",
        challenge=True,
    ),
    "approve_then_dispute": Outcome(
        name="approve_then_dispute",
        decline_code=None,
        message="Approved, and disputed later",
        dispute=True,
    ),
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
    "4000000000003220": "challenge",
    "4000002500003155": "challenge",
    "4000008400001629": "challenge_then_decline",
    "4000008260003178": "challenge_then_insufficient_funds",
    "4000000000003055": "frictionless",
    "4000000000000259": "approve_then_dispute",
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

#: Net banking's bank codes that need no page; every other code leads to it.
BANK_CODES: Final = {
    "APPROVE": "approve",
    "DECLINE": "generic_decline",
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
    The events that a gateway of the contract announces for this outcome, in order; with a challenge, when the payer agrees.
    """
    end = "payment.success" if outcome.approves else "payment.failed"
    return ["payment.created", "payment.pending", end]


def triggers() -> dict[str, dict[str, str]]:
    """
    Every trigger: kind -> what to send -> outcome.  `amount` needs TEST_AMOUNT_TRIGGERS.
    """
    every = {name: name for name in OUTCOMES}
    return {
        "header": every,
        "control": every,
        "card": CARDS,
        "vpa": {f"{name}@bank": outcome for name, outcome in VPAS.items()},
        "bank_code": {**BANK_CODES, "HDFC": "netbanking_page"},
        "holder": HOLDERS,
        "amount": {f"1000{digits}": outcome for digits, outcome in AMOUNTS.items()},
    }


def catalogue() -> dict[str, object]:
    """
    The whole catalogue as JSON.
    """
    return {
        "precedence": ["header", "control", "instrument", "holder", "amount", "default"],
        "outcomes": [
            {
                "name": outcome.name,
                "status": "challenge"
                if outcome.challenge
                else "captured"
                if outcome.approves
                else "declined",
                "decline_code": outcome.decline_code,
                "message": outcome.message,
                "challenge": outcome.challenge,
                "dispute": outcome.dispute,
                "webhooks": webhook_sequence(outcome),
            }
            for outcome in OUTCOMES.values()
        ],
        "triggers": triggers(),
        "trigger_notes": {
            "header": "X-Test-Scenario on POST /api/v1/payments (or on the bank's own wire)",
            "control": "PUT /control/outcome, or a scenario's outcome",
            "card": "card number",
            "vpa": "the part before the @ decides",
            "bank_code": "net banking; every other code leads to the bank's page",
            "holder": "the card holder's name, in capitals or not",
            "amount": "last two digits of the amount in minor units, only with TEST_AMOUNT_TRIGGERS=true",
        },
    }
