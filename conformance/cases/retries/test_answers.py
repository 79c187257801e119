"""
Which answers of a merchant's endpoint count as taken.
"""

import pytest

from conformance.harness import expect
from conformance.harness.channels.retrying import RetryScene
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.verdict import Level


@requirement("PGC-RTY-010", source="contract 1.7 job 2")
@pytest.mark.parametrize("status", ["201", "202", "204"])
async def test_any_2xx_is_success(retries: RetryScene, transcript: Transcript, status: str) -> None:
    """
    Any 2xx answer MUST count as taken: the webhook is not sent again.
    """
    subject = retries.subject(status, transcript)

    expect.equal(len(subject.attempts), 1, f"the number of attempts after {status}")


@requirement("PGC-RTY-011", source="contract 1.7 job 2")
@pytest.mark.parametrize("status", ["400", "404", "429", "503"])
async def test_errors_are_tried_again(
    retries: RetryScene, transcript: Transcript, status: str
) -> None:
    """
    A 4xx or 5xx answer MUST count as a failed attempt: the webhook is sent again.
    """
    subject = retries.subject(status, transcript)

    expect.equal(len(subject.attempts), 2, f"the number of attempts after {status}")


@requirement("PGC-RTY-012", source="contract 1.7 job 2; wild-bugs M44", level=Level.SAFETY)
@pytest.mark.parametrize("status", ["301", "302", "307", "308"])
async def test_redirects_are_failures(
    retries: RetryScene, transcript: Transcript, status: str
) -> None:
    """
    A redirect MUST count as a failed attempt: the webhook is sent again to the merchant's own address.
    """
    subject = retries.subject(status, transcript)

    expect.equal(len(subject.attempts), 2, f"the number of attempts after {status}")


@requirement("PGC-RTY-013", source="wild-bugs M44; reliability S11", level=Level.SAFETY)
async def test_redirects_are_not_followed(retries: RetryScene, transcript: Transcript) -> None:
    """
    A redirect MUST NOT be followed.
    """
    retries.subject("302", transcript)

    followed = sorted({call.method for call in retries.trapped})

    expect.that(not followed, f"expected no request where a redirect led, got {followed}")


@requirement("PGC-RTY-014", source="contract 1.7 job 2; reliability M5")
async def test_gone_is_no_success(retries: RetryScene, transcript: Transcript) -> None:
    """
    A webhook that was answered 410 MUST NOT be shown as `success`.
    """
    subject = retries.subject("410", transcript)

    retries.check_not_taken(subject)


@requirement("PGC-RTY-015", source="reliability M1, M2")
@pytest.mark.parametrize("name", ["closes", "garbage"])
async def test_broken_connections_are_tried_again(
    retries: RetryScene, transcript: Transcript, name: str
) -> None:
    """
    A connection that ends without an HTTP answer MUST count as a failed attempt: the webhook is sent again.
    """
    subject = retries.subject(name, transcript)

    expect.equal(len(subject.attempts), 2, "the number of attempts")
