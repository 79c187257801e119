"""
Strict JSON: every trap of reliability section 4 A.
"""

import time

import pytest

from gateway.domain.errors import BadRequest, PayloadTooLarge
from gateway.domain.strict_json import parse_object

TRAPS = [
    pytest.param(b"", id="empty"),
    pytest.param(b"   ", id="blank"),
    pytest.param(b"{", id="cut"),
    pytest.param(b"[]", id="array"),
    pytest.param(b'"x"', id="string"),
    pytest.param(b"null", id="null"),
    pytest.param(b"true", id="boolean"),
    pytest.param(b"7", id="number"),
    pytest.param(b'{"amount":1,"amount":50000}', id="duplicate-member"),
    pytest.param(b'{"a":{"b":1,"b":2}}', id="nested-duplicate"),
    pytest.param(b'{"a":NaN}', id="nan"),
    pytest.param(b'{"a":Infinity}', id="infinity"),
    pytest.param(b'{"a":-Infinity}', id="minus-infinity"),
    pytest.param(b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", id="deep"),
    pytest.param(b'{"a":' + b"9" * 5_000 + b"}", id="huge-integer"),
    pytest.param(b'{"a":"\\u0000"}', id="nul"),
    pytest.param(b'{"\\u0000":1}', id="nul-in-name"),
    pytest.param(b'{"a":"\\ud800"}', id="lone-surrogate"),
    pytest.param(b'{"a":"\xff"}', id="invalid-utf8"),
    pytest.param(b'\xef\xbb\xbf{"a":1}', id="byte-order-mark"),
    pytest.param(b'{"a":1} x', id="something-follows"),
    pytest.param(b"{'a':1}", id="single-quotes"),
    pytest.param(b'{"a":1e400}', id="infinite-fraction"),
]


@pytest.mark.parametrize("raw", TRAPS)
def test_traps_are_refused_with_a_sentence(raw: bytes) -> None:
    """
    Each trap is a 400 that says what was expected.
    """
    with pytest.raises(BadRequest) as refusal:
        parse_object(raw)

    assert refusal.value.description.startswith("The request body must be a JSON object")


def test_too_large_is_413() -> None:
    """
    One byte over the limit.
    """
    with pytest.raises(PayloadTooLarge):
        parse_object(b'{"a":"' + b"x" * 65_536 + b'"}')


def test_ordinary_bodies_pass() -> None:
    """
    Escapes, brackets in strings and non-ASCII text are fine.
    """
    parsed = parse_object('{"a":"[{\\" \\u00e9 ₹","b":[1,2,{"c":null}],"d":-5}'.encode())

    assert parsed == {"a": '[{" é ₹', "b": [1, 2, {"c": None}], "d": -5}


def test_a_duplicate_among_thousands_is_found_in_linear_time() -> None:
    """
    No quadratic search for the name.
    """
    members = ",".join(f'"k{n}":1' for n in range(6_000))
    body = f'{{{members},"k5999":1}}'.encode()
    took_s = []
    # The best of three: the garbage of a thousand other tests is collected in one of them; a quadratic search is slow in each.
    for _ in range(3):
        began_s = time.process_time()
        with pytest.raises(BadRequest, match="k5999"):
            parse_object(body, size_bytes_max=200_000)
        took_s.append(time.process_time() - began_s)

    assert min(took_s) < 0.1
