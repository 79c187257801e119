"""
The suite's randomness: the seed of a run, and nothing else.
"""

import secrets


def new_seed() -> str:
    """
    Eight hex characters.
    """
    return secrets.token_hex(4)
