"""
The Python client: REST calls (`SyncClient`, `AsyncClient`), the simulated bank (`SyncBank`, `AsyncBank`), webhook verification (`webhooks`).

The clients are imported when they are first asked for: who only verifies webhooks does not load httpx.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .async_client import AsyncBank, AsyncClient
    from .rng import new_idempotency_key
    from .sync_client import SyncBank, SyncClient

__all__ = ["AsyncBank", "AsyncClient", "SyncBank", "SyncClient", "new_idempotency_key"]

_HOMES = {
    "AsyncBank": "async_client",
    "AsyncClient": "async_client",
    "SyncBank": "sync_client",
    "SyncClient": "sync_client",
    "new_idempotency_key": "rng",
}


def __getattr__(name: str) -> Any:
    """
    Import a client on first use.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
