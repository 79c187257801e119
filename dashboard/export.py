"""
CSV that a spreadsheet cannot take for formulas.
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

#: First characters that spreadsheets run.  Source: OWASP, "CSV injection".
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: object) -> str:
    """
    One cell: numbers as they are, text that begins like a formula behind an apostrophe.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text


def line(values: Iterable[object]) -> str:
    """
    One line, quoted where needed, ended as RFC 4180 says.
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell(value) for value in values])
    return out.getvalue()
