"""
Statements of the book, one per day of the bank's clock (UTC), and the faults programmed into them.
"""

from simulator.book.records import Records
from simulator.clock import FollowerClock
from simulator.domain.settlement import Line, SettlementFault, spoil
from simulator.storage import BankFile


class StatementBook:
    """
    Reads what moved on a day; decisions whose time has come are applied first, so that none is missing.
    """

    def __init__(self, *, file: BankFile, records: Records, clock: FollowerClock) -> None:
        self._file = file
        self._records = records
        self._now = clock.now

    def lines(self, bank_id: str, date: str) -> list[Line]:
        """
        The statement of a `date` (YYYY-MM-DD), as this bank hands it out.
        """
        with self._file.transaction():
            self._records.ripen_all()
            rows = self._file.rows(
                "SELECT request_id, payment_reference, kind, amount, currency, at FROM entries "
                "WHERE bank_id = :bank AND substr(at, 1, 10) = :date ORDER BY id",
                bank=bank_id,
                date=date,
            )
            faults = self._file.rows(
                "SELECT kind, request_id, amount FROM settlement_faults WHERE bank_id = :bank ORDER BY position",
                bank=bank_id,
            )
        today = self._now().date().isoformat()
        return spoil(
            [Line(**dict(row)) for row in rows],
            [
                SettlementFault(**dict(row))
                for row in faults
                if date == today or row["kind"] != "extra"
            ],
            day=date,
        )

    def program(self, bank_id: str, faults: tuple[SettlementFault, ...]) -> None:
        """
        Replace the faults of this bank's statements; none = true statements.
        """
        with self._file.transaction():
            self._file.run("DELETE FROM settlement_faults WHERE bank_id = :bank", bank=bank_id)
            for position, fault in enumerate(faults):
                self._file.run(
                    "INSERT INTO settlement_faults VALUES (:bank, :position, :kind, :id, :amount)",
                    bank=bank_id,
                    position=position,
                    kind=fault.kind,
                    id=fault.request_id,
                    amount=fault.amount,
                )
