"""
Amounts, instants and CSV as people see them.
"""

import pytest

from dashboard.export import line
from dashboard.instants import is_day, moment, offset, precise, since, took
from dashboard.money import money, plain, typed


@pytest.mark.parametrize(
    ("minor", "currency", "shown", "field"),
    [
        (50_000, "INR", "₹500.00", "500.00"),
        (123_456_789, "USD", "$1,234,567.89", "1234567.89"),
        (7, "JPY", "¥7", "7"),
        (-1_005, "KWD", "\u2212KWD 1.005", "-1.005"),
        (0, "INR", "₹0.00", "0.00"),
    ],
)
def test_amounts(minor: int, currency: str, shown: str, field: str) -> None:
    """
    By the currency's own digits.
    """
    assert money(minor, currency) == shown
    assert plain(minor, currency) == field


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("120.50", "INR", 12_050),
        (" 1,000 ", "INR", 100_000),
        ("7", "JPY", 7),
        ("1.005", "KWD", 1_005),
    ],
)
def test_typed_amounts(text: str, currency: str, minor: int) -> None:
    """
    Exact; a float would make 12049 of 120.50 somewhere.
    """
    assert typed(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [("", "INR"), ("abc", "INR"), ("0", "INR"), ("-5", "INR"), ("1.234", "INR"), ("1.5", "JPY"), ("NaN", "INR"), ("Infinity", "INR"), ("1e99", "INR")],
)  # fmt: skip
def test_what_is_no_amount_is_refused_in_words(text: str, currency: str) -> None:
    """
    Never a traceback.
    """
    with pytest.raises(ValueError, match="is not an amount"):
        typed(text, currency)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "+0 ms"),
        (0.0404, "+40 ms"),
        (2.5, "+2.5 s"),
        (65, "+1 m 05 s"),
        (7_620, "+2 h 07 m"),
        (90_000, "+1 d 01 h"),
        (-3, "\u22123 s"),
    ],
)
def test_offsets(seconds: float, shown: str) -> None:
    """
    The two largest units.
    """
    assert offset(seconds) == shown


def test_instants_are_utc_and_never_guessed() -> None:
    """
    Other zones are converted; what has no zone or is no instant is a dash.
    """
    assert moment("2026-01-01T05:30:00+05:30") == "2026-01-01 00:00:00"
    assert precise("2026-01-01T00:00:00.123999Z") == "2026-01-01 00:00:00.123"
    assert [moment(value) for value in (None, "", "soon", "2026-01-01T00:00:00", 5)] == ["–"] * 5
    assert since("2026-01-01T00:00:00Z", "2026-01-01T00:01:05Z") == "+1 m 05 s"
    assert since(None, "2026-01-01T00:01:05Z") == "–"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "  =", "\uff1d"])
def test_no_cell_is_a_formula(first: str) -> None:
    """
    Text that a spreadsheet would run stands behind an apostrophe.
    """
    assert f"'{first}" in line([f'{first}cmd|"/c calc"!A1'])


def test_csv_is_quoted_and_numbers_stay_numbers() -> None:
    """
    RFC 4180; a negative number is no formula.
    """
    assert (
        line(["a,b", 'say "x"', -5, None, True, "plain"]) == '"a,b","say ""x""",-5,,True,plain\r\n'
    )


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(None, "–"), (0.4, "0.4 ms"), (88.163, "88 ms"), (1_500, "1.5 s"), (65_000, "1 m 05 s")],
)
def test_how_long_something_took(milliseconds: float | None, shown: str) -> None:
    """
    No more digits than anybody reads.
    """
    assert took(milliseconds) == shown


def test_days_of_the_address_are_real_days() -> None:
    """
    What a person mistypes is no filter.
    """
    assert is_day("2024-02-29")
    assert not any(map(is_day, ["2023-02-29", "20240229", "", "2024-1-1", "'"]))
