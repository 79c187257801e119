"""
Dials webhook endpoints: resolves a name, checks every address, and connects to one that was checked.

The checked address is the dialled one, so a name that resolves differently the second time gains nothing (reliability section 4, cases 92-99).
"""

import asyncio
import contextlib
import functools
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpcore
from httpcore._backends.anyio import AnyIOBackend

from gateway.domain.webhook_url import Address, Egress, address_allowed

#: Names of endpoints are looked up here, so that slow name servers do not fill the default pool.
_LOOKUPS: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="webhook-dns")

Resolver = Callable[[str, int], Awaitable[list[Address]]]


class BlockedAddress(Exception):
    """
    The endpoint resolves to an address that the egress policy forbids.
    """


async def system_resolver(host: str, port: int) -> list[Address]:
    """
    Every address of the host.  Raises OSError (socket.gaierror) when there is none.
    """
    loop = asyncio.get_running_loop()
    look_up = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await loop.run_in_executor(_LOOKUPS, look_up)
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """
    httpcore's network, with the policy in front of every connect.
    """

    def __init__(
        self,
        *,
        egress: Egress,
        own_ports: frozenset[int],
        resolver: Resolver = system_resolver,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._egress = egress
        self._own_ports = own_ports
        self._resolver = resolver
        self._backend = backend or AnyIOBackend()

    @property
    def https_only(self) -> bool:
        """
        Whether the policy refuses to send in the clear.
        """
        return self._egress is Egress.STRICT

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """
        Connect to an address of `host` after all of them passed.  Raises `BlockedAddress`, OSError, httpcore's errors.
        """
        addresses = await self._resolver(host, port)
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, f"no address for {host}")
        for address in addresses:
            if not address_allowed(
                address, port=port, egress=self._egress, own_ports=self._own_ports
            ):
                raise BlockedAddress(f"{host} is {address}, which the egress policy forbids")
        return await self._connect_first(addresses, port, timeout, local_address, socket_options)

    async def _connect_first(
        self,
        addresses: list[Address],
        port: int,
        timeout: float | None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore.AsyncNetworkStream:
        """
        The first checked address that answers; a name may have several, of which one is not served.

        They share the connect time equally.
        """
        if timeout is not None:
            timeout /= len(addresses)
        for address in addresses[:-1]:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout, OSError):
                return await self._backend.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
        return await self._backend.connect_tcp(
            str(addresses[-1]), port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """
        Never: webhooks do not go to local sockets.
        """
        del path, timeout, socket_options
        raise BlockedAddress("unix sockets are not webhook endpoints")

    async def sleep(self, seconds: float) -> None:
        """
        Part of httpcore's interface, for its own retries, which are off.
        """
        await self._backend.sleep(seconds)
