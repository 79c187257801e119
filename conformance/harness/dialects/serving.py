"""
Serves the adapter on a free port for as long as somebody needs it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import httpx
from hypercorn.asyncio import serve
from hypercorn.config import Config

from conformance.harness.clock import wait_until
from conformance.harness.dialects.adapter import DialectAdapter
from conformance.harness.ports import free_port
from conformance.harness.profile import Profile

_TIMEOUT_S: Final = 30.0
_START_S: Final = 10.0
_CONNECTIONS: Final = 100


class AdapterNotServed(Exception):
    """
    The adapter did not answer on its port in time.
    """


@asynccontextmanager
async def speaking(profile: Profile, upstream: str) -> AsyncIterator[str]:
    """
    The address of the gateway at `upstream`, speaking this dialect.  Raises `AdapterNotServed`.
    """
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    async with httpx.AsyncClient(
        base_url=upstream, timeout=_TIMEOUT_S, trust_env=False, limits=limits
    ) as http:
        config = Config()
        config.bind = [f"127.0.0.1:{free_port()}"]
        config.errorlog = None
        config.graceful_timeout = 1.0
        ended = asyncio.Event()
        application = cast("Any", DialectAdapter(profile, http))
        serving = asyncio.create_task(
            serve(application, config, shutdown_trigger=cast("Any", ended.wait))
        )
        try:
            url = f"http://{config.bind[0]}"
            await _answers(url + profile.path("health"))
            yield url
        finally:
            ended.set()
            await serving


async def _answers(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:

        async def look() -> bool | None:
            try:
                return (await http.get(url)).is_success or None
            except httpx.HTTPError:
                return None

        if await wait_until(look, within_s=_START_S) is None:
            raise AdapterNotServed(f"nothing answers at {url}")
