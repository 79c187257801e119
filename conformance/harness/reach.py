"""
The way to the target: tells a target that fell over from a line that was cut, and waits for one that is being started again.
"""

from typing import Final

import httpx

from conformance.harness.clock import wait_until

#: Seconds that a supervisor may take to start a fallen target again; asked for once in a run, so that a dead target does not cost every case as much.
RETURNS_WITHIN_S: Final = 10.0
#: Seconds after a cut line within which a falling process stops listening.
_FALLS_WITHIN_S: Final = 0.5
#: Idle connections are dropped before common servers do it (Node: 5 s), or a request could meet one that is just being closed.
_KEEP_S: Final = 3.0
#: Requests at once that share the few connections of ordinary work; what goes beyond that is a burst.  The pool looks at every idle connection with every request.
_FEW: Final = 4
_CUT: Final = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


def _transport(connections: int, *, kept: int) -> httpx.AsyncHTTPTransport:
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=kept, keepalive_expiry=_KEEP_S
    )
    return httpx.AsyncHTTPTransport(limits=limits, trust_env=False)


class TargetFell(httpx.TransportError):
    """
    The target ended while it had our request: nobody listens any more.  That is the target's failure, not the network's.
    """


class WayToTarget(httpx.AsyncBaseTransport):
    """
    An HTTP transport for one run.
    """

    def __init__(self, *, connections: int = 64) -> None:
        self._few = _transport(connections, kept=_FEW)
        self._many = _transport(connections, kept=connections)
        self._with_few = 0
        # Its own, without idle connections: a look says whether somebody listens now.
        self._fresh = httpx.AsyncClient(
            trust_env=False, timeout=5.0, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._gone = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        One request.  One that found nobody listening was not sent, so it may be sent again when somebody is.  Raises `TargetFell`.
        """
        try:
            return await self._send(request)
        except httpx.ConnectError:
            if self._gone or not await self._listens(request, within_s=RETURNS_WITHIN_S):
                self._gone = True
                raise
            return await self._send(request)
        except _CUT as error:
            if await self._falls(request):
                what = f"{request.method} {request.url.path}"
                raise TargetFell(
                    f"the target ended while it had {what}: it closed the connection without an answer, and nobody listens any more",
                    request=request,
                ) from error
            raise

    async def _send(self, request: httpx.Request) -> httpx.Response:
        if self._with_few >= _FEW:
            return await self._many.handle_async_request(request)
        self._with_few += 1
        try:
            return await self._few.handle_async_request(request)
        finally:
            self._with_few -= 1

    async def aclose(self) -> None:
        """
        Close all connections.
        """
        await self._few.aclose()
        await self._many.aclose()
        await self._fresh.aclose()

    async def _listens(self, request: httpx.Request, *, within_s: float) -> bool:
        async def look() -> bool | None:
            return True if await self._reaches(request) else None

        return await wait_until(look, within_s=within_s) is not None

    async def _falls(self, request: httpx.Request) -> bool:
        async def look() -> bool | None:
            return None if await self._reaches(request) else True

        return await wait_until(look, within_s=_FALLS_WITHIN_S) is not None

    async def _reaches(self, request: httpx.Request) -> bool:
        """
        Whether a fresh connection can be made; any answer to a look at the root will do.
        """
        root = request.url.copy_with(raw_path=b"/")
        try:
            await self._fresh.get(root, headers={"Connection": "close"})
        except httpx.ConnectError:
            return False
        except httpx.HTTPError:
            return True
        return True
