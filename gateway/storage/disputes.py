"""
Disputes live in their moves: `state_changes` has every state, numbered, so that no second table can disagree with it.
"""

import contextlib
from dataclasses import dataclass
from typing import Final

from gateway.domain.facts import Facts
from gateway.domain.work import Claim, WorkRef
from gateway.storage.database import Connection, Database
from gateway.storage.facts import write_facts
from gateway.storage.work import CLAIM_CTE, DONE, RELEASE_CTE, ClaimLost, claim_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDispute:
    """
    A claimed dispute with the last state that we wrote, None before the first.
    """

    claim: Claim
    state: str | None
    version: int


_CLAIM: Final = f"""
WITH {CLAIM_CTE}
SELECT claimed.kind, claimed.entity_id, claimed.merchant_id AS work_merchant_id, claimed.fence, claimed.attempts AS work_attempts, claimed.crashes,
    claimed.created_at AS work_created_at, business_now() AS now, last.to_state, coalesce(last.version, 0) AS version
FROM claimed LEFT JOIN LATERAL (
    SELECT to_state, version FROM state_changes s WHERE s.entity_id = claimed.entity_id ORDER BY version DESC LIMIT 1
) last ON true"""


async def claim_dispute(
    database: Database, ref: WorkRef, *, owner: str, lease_s: float
) -> SeenDispute | None:
    """
    Take the work; None when there is nothing to take.
    """
    row = await database.statement(_CLAIM, ref.kind.value, ref.entity_id, owner, lease_s)
    if row is None:
        return None
    return SeenDispute(claim=claim_of(row), state=row["to_state"], version=row["version"])


async def settle_dispute(database: Database, claim: Claim, facts: Facts) -> bool:
    """
    Write what the bank said, guarded by the fence; False when the claim was lost.
    """

    async def transaction(connection: Connection) -> bool:
        row = await connection.fetchrow(
            f"WITH {RELEASE_CTE} SELECT count(*) AS n FROM released",
            claim.ref.kind.value,
            claim.ref.entity_id,
            DONE,
            None,
            claim.fence,
        )
        if row is None or row["n"] != 1:
            raise ClaimLost
        await write_facts(connection, facts)
        return True

    with contextlib.suppress(ClaimLost):
        return await database.transact(transaction)
    return False
