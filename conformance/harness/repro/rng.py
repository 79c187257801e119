"""
The only part of a repro that asks the machine for randomness: idempotency keys must be fresh each time.
"""

import secrets


def fresh_token() -> str:
    """
    Eight hex characters.
    """
    return secrets.token_hex(4)
