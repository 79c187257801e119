"""
The scenarios of every isolated bank: loaded as a whole, kept over restarts, and the step that a request meets.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from simulator.book.accounts import Accounts
from simulator.book.callbacks import parse_instant
from simulator.clock import FollowerClock
from simulator.domain.answers import format_instant
from simulator.domain.faults import Effect, WireFault
from simulator.domain.matching import Facts
from simulator.domain.reading import Node
from simulator.domain.scenario import USUAL, Rule, Scenario, Step, read_scenario
from simulator.storage import BankFile

#: Name of the scenario that `PUT /control/gates` and `PUT /control/faults` write.
BY_HAND: Final = "by-hand"
#: Rules written by hand come before the ready ones.
_BY_HAND_POSITION: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    scenario: Scenario
    loaded_at: str


class Programs:
    """
    Scenarios, and how often each rule was used by whom.
    """

    def __init__(self, *, file: BankFile, clock: FollowerClock, accounts: Accounts) -> None:
        self._file = file
        self._clock = clock
        self._accounts = accounts
        self._cache: dict[str, list[_Loaded]] = {}

    def load(self, bank_id: str, documents: list[Any]) -> list[str]:
        """
        Load scenarios, each in the place of one of the same name; all of them or none.  Raises `BadProgram`.
        """
        scenarios = [read_scenario(Node(document)) for document in documents]
        with self._file.transaction():
            for scenario, document in zip(scenarios, documents, strict=True):
                self._store(bank_id, scenario, document)
        self._cache.pop(bank_id, None)
        return [scenario.name for scenario in scenarios]

    def _store(self, bank_id: str, scenario: Scenario, document: Any) -> None:
        self._forget_uses(bank_id, scenario.name)
        last = self._file.row(
            "SELECT coalesce(max(position), -1) + 1 AS n FROM scenarios WHERE bank_id = :bank",
            bank=bank_id,
        )
        assert last is not None
        self._file.run(
            "INSERT OR REPLACE INTO scenarios VALUES (:bank, :name, :position, :document, :at)",
            bank=bank_id,
            name=scenario.name,
            position=_BY_HAND_POSITION if scenario.name == BY_HAND else last["n"],
            document=json.dumps(_without_pans(document), separators=(",", ":")),
            at=format_instant(self._clock.now()),
        )
        for opening in scenario.accounts:
            self._accounts.open(bank_id, opening)
        if scenario.settlement_faults:
            self._file.run("DELETE FROM settlement_faults WHERE bank_id = :bank", bank=bank_id)
        for position, fault in enumerate(scenario.settlement_faults):
            self._file.run(
                "INSERT INTO settlement_faults VALUES (:bank, :position, :kind, :id, :amount)",
                bank=bank_id,
                position=position,
                kind=fault.kind,
                id=fault.request_id,
                amount=fault.amount,
            )

    def unload(self, bank_id: str, name: str | None) -> int:
        """
        Forget one scenario, or all (None); how many there were.  Accounts and settlement faults stay.
        """
        with self._file.transaction():
            gone = self._file.run(
                "DELETE FROM scenarios WHERE bank_id = :bank AND (:name IS NULL OR name = :name)",
                bank=bank_id,
                name=name,
            )
            self._forget_uses(bank_id, name)
        self._cache.pop(bank_id, None)
        return gone

    def forget(self, bank_id: str) -> None:
        """
        The bank was reset: forget what was read of it.
        """
        self._cache.pop(bank_id, None)

    def _forget_uses(self, bank_id: str, name: str | None) -> None:
        self._file.run(
            "DELETE FROM rule_uses WHERE bank_id = :bank AND (:name IS NULL OR scenario = :name)",
            bank=bank_id,
            name=name,
        )

    def documents(self, bank_id: str) -> list[dict[str, Any]]:
        """
        The loaded scenarios, as they were given, in the order in which they are asked.
        """
        rows = self._file.rows(
            "SELECT document, loaded_at FROM scenarios WHERE bank_id = :bank ORDER BY position, name",
            bank=bank_id,
        )
        return [{**json.loads(row["document"]), "loaded_at": row["loaded_at"]} for row in rows]

    def step(self, bank_id: str, facts: Facts) -> Step:
        """
        What this request meets.  Outages and rate limits come first, then the rule of the highest priority that still has something to say.
        """
        loaded = self._loaded(bank_id)
        if not loaded:
            return USUAL
        away = self._away(bank_id, loaded)
        if away is not None:
            return Step(fault=away)
        ranked = sorted(
            (
                (-rule.priority, place, number, one, rule)
                for place, one in enumerate(loaded)
                for number, rule in enumerate(one.scenario.rules)
            ),
            key=lambda item: item[:3],
        )
        for _, _, number, one, rule in ranked:
            if rule.when.holds(facts):
                step = self._use(bank_id, one.scenario.name, number, rule, facts)
                if step is not None:
                    return step
        return USUAL

    def _use(
        self, bank_id: str, scenario: str, number: int, rule: Rule, facts: Facts
    ) -> Step | None:
        if facts.get("known") and not any(s.fault or s.gate or s.echo for s in rule.steps):
            # A request that was sent again gets its stored answer; it must not use up somebody else's step.
            return None
        if rule.times is None:
            return rule.step(0)
        names = {"instrument": "subject", "payment": "payment_reference", "bank": ""}
        subject = str(facts.get(names[rule.per]) or "")
        used = self._count(bank_id, scenario, f"rule {number}", subject, most=rule.times)
        return None if used is None else rule.step(used)

    def _count(
        self, bank_id: str, scenario: str, rule: str, subject: str, *, most: int
    ) -> int | None:
        """
        How often this was used before (this use is now counted), or None when it is used up.
        """
        keys = {"bank": bank_id, "scenario": scenario, "rule": rule, "subject": subject}
        row = self._file.row(
            "SELECT uses FROM rule_uses WHERE bank_id = :bank AND scenario = :scenario AND rule = :rule AND subject = :subject",
            **keys,
        )
        used = 0 if row is None else int(row["uses"])
        if used >= most:
            return None
        self._file.run(
            "INSERT OR REPLACE INTO rule_uses VALUES (:bank, :scenario, :rule, :subject, :uses)",
            **keys,
            uses=used + 1,
        )
        return used

    def _away(self, bank_id: str, loaded: list[_Loaded]) -> WireFault | None:
        now = self._clock.now()
        for one in loaded:
            since = now - parse_instant(one.loaded_at)
            for outage in one.scenario.outages:
                begin = timedelta(milliseconds=outage.from_ms)
                if begin <= since < begin + timedelta(milliseconds=outage.for_ms):
                    return outage.fault
            limit = one.scenario.rate_limit
            if limit is None:
                continue
            window = int(since / timedelta(milliseconds=limit.per_ms))
            used = self._count(
                bank_id, one.scenario.name, "rate limit", str(window), most=limit.requests
            )
            if used is None:
                return WireFault(
                    kind="rate_limited", effect=Effect.BEFORE, retry_after_s=limit.retry_after_s
                )
        return None

    def _loaded(self, bank_id: str) -> list[_Loaded]:
        known = self._cache.get(bank_id)
        if known is None:
            rows = self._file.rows(
                "SELECT document, loaded_at FROM scenarios WHERE bank_id = :bank ORDER BY position, name",
                bank=bank_id,
            )
            known = [
                _Loaded(
                    scenario=read_scenario(Node(json.loads(row["document"]))),
                    loaded_at=row["loaded_at"],
                )
                for row in rows
            ]
            self._cache[bank_id] = known
        return known

    def add_by_hand(self, bank_id: str, rule: dict[str, Any]) -> int:
        """
        Add one rule before all scenarios; how many there are by hand now.  Raises `BadProgram`.
        """
        rules = [*self._by_hand(bank_id), {"priority": 1000, **rule}]
        self._write_by_hand(bank_id, rules)
        return len(rules)

    def open_gate(self, bank_id: str, gate: str) -> None:
        """
        Forget the rules by hand that send requests to this gate.  Uses of the others are counted on.
        """
        rules = self._by_hand(bank_id)
        nothing = {"when": {"request_id": "!"}, "then": {"gate": "none"}}
        kept = [rule if rule["then"].get("gate") != gate else nothing for rule in rules]
        if kept != rules:
            self._write_by_hand(bank_id, kept)

    def _by_hand(self, bank_id: str) -> list[dict[str, Any]]:
        row = self._file.row(
            "SELECT document FROM scenarios WHERE bank_id = :bank AND name = :name",
            bank=bank_id,
            name=BY_HAND,
        )
        rules: list[dict[str, Any]] = [] if row is None else json.loads(row["document"])["rules"]
        return rules

    def _write_by_hand(self, bank_id: str, rules: list[dict[str, Any]]) -> None:
        document = {"name": BY_HAND, "rules": rules}
        read_scenario(Node(document))
        with self._file.transaction():
            self._file.run(
                "INSERT OR REPLACE INTO scenarios VALUES (:bank, :name, :position, :document, :at)",
                bank=bank_id,
                name=BY_HAND,
                position=_BY_HAND_POSITION,
                document=json.dumps(document, separators=(",", ":")),
                at=format_instant(self._clock.now()),
            )
        self._cache.pop(bank_id, None)


def _without_pans(document: Any) -> Any:
    """
    The document as it may be kept: of a card's number only the last four digits.
    """
    accounts = [
        {**account, "pan": "*" * (len(account["pan"]) - 4) + account["pan"][-4:]}
        if "pan" in account
        else account
        for account in document.get("accounts", [])
    ]
    return {**document, "accounts": accounts} if accounts else document
