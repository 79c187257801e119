"""
Diagnoses of signatures for the evidence.
"""

from typing import Protocol

from conformance.harness.evidence import Transcript
from conformance.harness.profile import Profile
from conformance.harness.signatures import Diagnosis, diagnose


class Signed(Protocol):
    """
    A request with a body and headers.
    """

    @property
    def body(self) -> bytes:
        """
        The exact bytes.
        """
        ...

    def header(self, name: str) -> str | None:
        """
        A header's value.
        """
        ...


def diagnosed(request: Signed, profile: Profile, transcript: Transcript) -> Diagnosis:
    """
    What is wrong with the request's signature, if anything, put into the evidence.
    """
    header = request.header("X-Webhook-Signature")
    others = {
        "the API secret": profile.auth.get("secret", ""),
        "the API key": profile.auth.get("key", ""),
        "the signing secret": profile.auth.get("signing_secret", ""),
    }
    secret = profile.auth["webhook_secret"]
    diagnosis = diagnose(request.body, header, secret, headers=request.header, others=others)
    transcript.notes.append({"signature": diagnosis.document()})
    return diagnosis
