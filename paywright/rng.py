"""
The sandbox's entropy: the only file here that asks the machine for it.
"""

import secrets


def new_key() -> str:
    """
    A fresh key of 256 bits as text.
    """
    return secrets.token_urlsafe(32)
