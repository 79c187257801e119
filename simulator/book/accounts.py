"""
Payers' accounts: an opening balance, and what the book and the holds have made of it.  Balances are sums, never counters, so they cannot drift.
"""

import hashlib
import hmac
from typing import Any

from simulator.domain.scenario import AccountOpening
from simulator.rng import KeyedRng
from simulator.storage import BankFile


class Accounts:
    """
    Accounts of every isolated bank; an instrument without one has money without end.
    """

    def __init__(self, *, file: BankFile, rng: KeyedRng) -> None:
        self._file = file
        self._rng = rng

    def of_card(self, pan: str) -> str:
        """
        A card's account; the number cannot be read back from it.
        """
        digest = hmac.new(self._rng.token("account").encode(), pan.encode(), hashlib.sha256)
        return "card:" + digest.hexdigest()[:24]

    def open(self, bank_id: str, opening: AccountOpening) -> str:
        """
        Open an account, or give it another opening balance; its name.
        """
        instrument = opening.instrument
        if opening.kind == "pan":
            account, label = self.of_card(instrument), f"•••• {instrument[-4:]}"
        else:
            account = label = f"{opening.kind}:{instrument.lower()}"
        self._file.run(
            "INSERT OR REPLACE INTO accounts VALUES (:bank, :account, :label, :currency, :opening)",
            bank=bank_id,
            account=account,
            label=label,
            currency=opening.currency,
            opening=opening.balance_minor,
        )
        return account

    def listed(self, bank_id: str) -> list[dict[str, Any]]:
        """
        Every account with its balance, its holds and what is left to spend, in minor units.
        """
        rows = self._file.rows(
            "SELECT account, label, currency, opening FROM accounts WHERE bank_id = :bank ORDER BY account",
            bank=bank_id,
        )
        return [
            {
                "account": row["account"],
                "label": row["label"],
                "currency": row["currency"],
                **self._sums(bank_id, row["account"], row["opening"]),
            }
            for row in rows
        ]

    def _sums(self, bank_id: str, account: str, opening: int) -> dict[str, int]:
        moved = self._file.row(
            "SELECT coalesce(sum(CASE kind WHEN 'debit' THEN -amount ELSE amount END), 0) AS n FROM entries "
            "WHERE bank_id = :bank AND account = :account",
            bank=bank_id,
            account=account,
        )
        held = self._file.row(
            "SELECT coalesce(sum(amount), 0) AS n FROM requests WHERE bank_id = :bank AND account = :account AND operation = 'authorise' "
            "AND (status = 'authorised' OR (status = 'processing' AND final_status IN ('authorised', 'captured')))",
            bank=bank_id,
            account=account,
        )
        assert moved is not None
        assert held is not None
        balance = opening + int(moved["n"])
        return {"balance": balance, "held": int(held["n"]), "available": balance - int(held["n"])}

    def lacks(self, bank_id: str, account: str | None, *, currency: str, amount_minor: int) -> bool:
        """
        Whether the instrument has an account and that has too little left, or another currency.
        """
        row = self._file.row(
            "SELECT currency, opening FROM accounts WHERE bank_id = :bank AND account = :account",
            bank=bank_id,
            account=account,
        )
        if row is None or account is None:
            return False
        available = self._sums(bank_id, account, row["opening"])["available"]
        return row["currency"] != currency or available < amount_minor
