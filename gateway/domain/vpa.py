"""
UPI addresses.  Source: contract 1.5.2.
"""

import re
from typing import Final

from gateway.domain.errors import InvalidVpa

_PATTERN: Final = re.compile(r"[a-zA-Z0-9._-]+@[a-zA-Z0-9]+")
_LENGTH_MAX: Final = 255


def parse_vpa(value: object) -> str:
    """
    A VPA `name@handle` of at most 255 characters.  Raises `InvalidVpa`.
    """
    if not isinstance(value, str) or len(value) > _LENGTH_MAX or _PATTERN.fullmatch(value) is None:
        raise InvalidVpa("VPA format invalid", param="vpa")
    return value
