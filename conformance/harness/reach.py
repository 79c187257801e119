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
_CUT: Final = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class TargetFell(httpx.TransportError):
    """
    The target ended while it had our request: nobody listens any more.  That is the target's failure, not the network's.
    """


class WayToTarget(httpx.AsyncBaseTransport):
    """
    An HTTP transport for one run.
    """

    def __init__(self, *, connections: int = 64) -> None:
        limits = httpx.Limits(
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_KEEP_S,
        )
        self._inner = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
        self._gone = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        One request.  One that found nobody listening was not sent, so it may be sent again when somebody is.  Raises `TargetFell`.
        """
        try:
            return await self._inner.handle_async_request(request)
        except httpx.ConnectError:
            if self._gone or not await self._listens(request, within_s=RETURNS_WITHIN_S):
                self._gone = True
                raise
            return await self._inner.handle_async_request(request)
        except _CUT as error:
            if await self._falls(request):
                what = f"{request.method} {request.url.path}"
                raise TargetFell(
                    f"the target ended while it had {what}: it closed the connection without an answer, and nobody listens any more",
                    request=request,
                ) from error
            raise

    async def aclose(self) -> None:
        """
        Close all connections.
        """
        await self._inner.aclose()

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
            async with httpx.AsyncClient(trust_env=False, timeout=5.0) as http:
                await http.get(root, headers={"Connection": "close"})
        except httpx.ConnectError:
            return False
        except httpx.HTTPError:
            return True
        return True
