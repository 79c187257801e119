"""
Settings, ids, durations, keys, secrets at rest.
"""

import hashlib
import re
from datetime import timedelta

import pytest

from gateway.config import BadSetting, Settings
from gateway.domain.durations import parse_duration
from gateway.domain.errors import BadRequest, IdempotencyKeyInvalid
from gateway.domain.idempotency import fingerprint, parse_key
from gateway.domain.ids import encode_id, encode_uuid
from gateway.domain.secrets_at_rest import SecretBox, SecretUnreadable
from gateway.rng import SeededRng


@pytest.mark.parametrize(
    "environ",
    [
        {"TEST_MODE": "maybe"},
        {"PORT": "eighty"},
        {"PORT": "70000"},
        {"WEBHOOK_EGRESS": "open"},
        {"TEST_MODE": "true", "TEST_API_KEY": "key_live_1"},
        {"TEST_MODE": "false"},
        {"SECRETS_KEY": "short", "TEST_MODE": "true"},
        {"SECRETS_KEY_FILE": "/does/not/exist"},
    ],
    ids=str,
)
def test_bad_settings_are_refused(environ: dict[str, str]) -> None:
    """
    One clear line that names the variable.
    """
    with pytest.raises(BadSetting) as refusal:
        Settings.from_env(environ, process="api", pid=1)

    assert re.search(r"[A-Z_]{4,}", str(refusal.value))


def test_test_mode_has_test_defaults() -> None:
    """
    Sandbox egress, no rate limit, published credentials; strict otherwise.
    """
    test = Settings.from_env({"TEST_MODE": "true"}, process="api", pid=1)
    real = Settings.from_env({"SECRETS_KEY": "k" * 16}, process="api", pid=1)

    assert (test.webhook_egress, test.rate_limit_rps, test.test_api_key) == (
        "sandbox",
        0,
        "key_test_abc123",
    )
    assert (real.webhook_egress, real.rate_limit_rps, real.test_mode) == ("strict", 100, False)


def test_ids_have_the_contracts_form() -> None:
    """
    16 alphanumerics; the same entropy gives the same id.
    """
    ids = {encode_id("pay_", hashlib.sha256(bytes([n])).digest()) for n in range(200)}

    assert len(ids) == 200
    assert all(re.fullmatch(r"pay_[A-Za-z0-9]{16}", value) for value in ids)
    assert encode_uuid(b"x" * 16).version == 4


def test_seeded_draws_are_keyed() -> None:
    """
    Order does not matter; the key does.
    """
    one, two = SeededRng("s"), SeededRng("s")
    first = one.draw("a", "1")
    two.draw("b", "2")

    assert first == two.draw("a", "1")
    assert first != two.draw("a", "2")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("1h30m", 5400), ("250ms", 0.25), (2, 2), ("2d", 172800)]
)
def test_durations(text: object, seconds: float) -> None:
    """
    Seconds or units.
    """
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "h", "1y", "-5s", True, None, "1h x", 1e12], ids=repr)
def test_bad_durations(text: object) -> None:
    """
    Refused with a sentence.
    """
    with pytest.raises(BadRequest):
        parse_duration(text)


def test_keys_and_fingerprints() -> None:
    """
    Quoted and bare are one key; member order and white space do not change a fingerprint.
    """
    assert parse_key([]) is None
    assert parse_key(['"abc"']) == parse_key(["abc"]) == "abc"
    assert fingerprint("POST /p", {"a": 1, "b": 2}) == fingerprint("POST /p", {"b": 2, "a": 1})
    assert fingerprint("POST /p", {"a": 1}) != fingerprint("POST /q", {"a": 1})


@pytest.mark.parametrize("values", [[""], ["a", "b"], ["x" * 256], ["é"], ["a\nb"]], ids=repr)
def test_bad_keys(values: list[str]) -> None:
    """
    Source: reliability section 4 F.
    """
    with pytest.raises(IdempotencyKeyInvalid):
        parse_key(values)


def test_secrets_at_rest() -> None:
    """
    Readable with the key and owner only; hashes compare in one way.
    """
    box = SecretBox.from_text("one key of sixteen")
    sealed = box.encrypt("whsec_x", owner="m1", nonce=b"n" * 12)

    assert box.decrypt(sealed, owner="m1") == "whsec_x"
    assert b"whsec_x" not in sealed
    with pytest.raises(SecretUnreadable):
        box.decrypt(sealed, owner="m2")
    with pytest.raises(SecretUnreadable):
        SecretBox.from_text("another key of 16").decrypt(sealed, owner="m1")
    assert box.matches("s", box.hash_secret("s"))
    assert not box.matches("s", None)
    assert not box.matches("é\udcff", box.hash_secret("s"))
