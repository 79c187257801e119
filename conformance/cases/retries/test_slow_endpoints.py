"""
Endpoints that take too long, or never end.
"""

from conformance.harness import expect
from conformance.harness.channels.slow import SLOW_S, TIMEOUT_S, SlowScene
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.verdict import Level

#: Bytes that the kernels at both ends take although nobody reads.
_IN_FLIGHT_BYTES = 16 * 1024 * 1024


@requirement("PGC-RTY-016", source="contract 1.7 job 2; wild-bugs M35")
async def test_hanging_endpoint_is_given_up(slow: SlowScene, transcript: Transcript) -> None:
    """
    An endpoint that does not answer MUST be given up after five seconds.
    """
    call = await slow.call("hangs", transcript, within_s=TIMEOUT_S + 3)

    took_s = slow.let_go_after_s(call)
    expect.that(
        4.0 <= took_s <= 7.0, f"expected the target to let go after 5 s, not {took_s:.1f} s"
    )


@requirement("PGC-RTY-017", source="contract 1.7 job 2; reliability M2", level=Level.SAFETY)
async def test_dripping_endpoint_is_given_up(slow: SlowScene, transcript: Transcript) -> None:
    """
    An endpoint that answers drop by drop SHOULD be given up after five seconds in all.
    """
    call = await slow.call("drips", transcript, within_s=TIMEOUT_S + 3)

    took_s = slow.let_go_after_s(call)
    expect.that(took_s <= 7.0, f"expected the target to let go after 5 s, not {took_s:.1f} s")


@requirement("PGC-RTY-018", source="contract 1.7 job 2")
async def test_slow_endpoint_is_waited_for(slow: SlowScene, transcript: Transcript) -> None:
    """
    An endpoint that answers after 3.5 seconds MUST be waited for.
    """
    call = await slow.call("slow", transcript, within_s=SLOW_S + 3)

    expect.that(not call.let_go, "expected the target to wait for the answer, it let go before")


@requirement("PGC-RTY-019", source="reliability M4", level=Level.SAFETY)
async def test_endless_answer_is_cut(slow: SlowScene, transcript: Transcript) -> None:
    """
    An answer without end SHOULD NOT be read to its end.
    """
    call = await slow.call("endless", transcript, within_s=TIMEOUT_S + 3)

    read = call.sent_bytes
    expect.that(read < _IN_FLIGHT_BYTES, f"expected a few bytes to be read, {read} were taken")


@requirement("PGC-RTY-020", source="reliability L7; wild-bugs M35")
async def test_hanging_endpoint_delays_nobody(slow: SlowScene) -> None:
    """
    While one endpoint hangs, another webhook SHOULD arrive without waiting for it.
    """
    expect.that(
        slow.neighbour_came(),
        f"expected another payment's webhook while one endpoint hangs, none came within {TIMEOUT_S - 1:g} s",
    )
