"""
The dashboard's entropy: its only file that asks the machine for it.
"""

import secrets


def token() -> str:
    """
    A fresh token of 256 bits.
    """
    return secrets.token_urlsafe(32)
