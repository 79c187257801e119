"""
Keeps the processes of the sandbox alive: start, health check, restart with back-off, stop.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import httpx

from paywright.clock import monotonic_s
from paywright.launching import SandboxProblem, send_signal, spawn, stop_process
from paywright.parties import Party

_READY_S: Final = 30.0
_POLL_S: Final = 0.015
_WATCH_S: Final = 0.2
#: Seconds before a party that fell over is started again; the last repeats.
_RESTART_DELAYS_S: Final = (0.1, 0.5, 2.0, 5.0)
_TAIL_BYTES: Final = 2_000
#: A party that ran so long starts its next life without a back-off.
_STABLE_S: Final = 60.0


class Server(Protocol):
    """
    PostgreSQL or Valkey, as far as it must be kept alive.
    """

    process: "subprocess.Popen[bytes] | None"

    def restart(self) -> None:
        """
        Start again where it was.
        """
        ...


@dataclass
class Child:
    """
    One supervised process.  `wanted` False: it was stopped on purpose and is not restarted.
    """

    party: Party
    environ: Mapping[str, str]
    url: str | None
    log_path: Path
    process: "subprocess.Popen[bytes] | None" = None
    wanted: bool = True
    restarts: int = 0
    started_s: float = field(default=0.0)

    def start(self) -> None:
        """
        Start the process, output to its log.
        """
        self.process = spawn(
            [sys.executable, "-m", self.party.module], log_path=self.log_path, environ=self.environ
        )
        self.started_s = monotonic_s()
        self.wanted = True

    def tail(self) -> str:
        """
        The last lines of its log.
        """
        data = self.log_path.read_bytes()[-_TAIL_BYTES:] if self.log_path.exists() else b""
        return data.decode("utf-8", "replace").strip()


class Supervisor:
    """
    The children by name.
    """

    def __init__(
        self,
        children: list[Child],
        report: Callable[[str], None],
        servers: Mapping[str, Server] | None = None,
    ) -> None:
        self.children = {child.party.name: child for child in children}
        self._servers = dict(servers or {})
        self._restarting: dict[str, asyncio.Task[None]] = {}
        self._report = report
        self._watcher: asyncio.Task[None] | None = None
        self._http = httpx.AsyncClient(timeout=2.0, trust_env=False)

    def start(self, *, gateway: bool) -> None:
        """
        Start the gateway's processes, or everybody else's.
        """
        for child in self.children.values():
            if child.party.is_gateway is gateway:
                child.start()

    async def wait_until_healthy(self) -> None:
        """
        Wait for every party.  Raises `SandboxProblem` with the end of its log when one does not come up.
        """
        await asyncio.gather(*(self.wait_for(name) for name in self.children))

    async def wait_for(self, name: str) -> None:
        """
        Wait until this party answers its health check (workers: until the API sees them).
        """
        child = self.children[name]
        deadline = monotonic_s() + _READY_S
        while monotonic_s() < deadline:
            if child.process is not None and child.process.poll() is not None:
                break
            if await self._is_ready(child):
                return
            await asyncio.sleep(_POLL_S)
        raise SandboxProblem(
            f"{name} did not become healthy. The end of {child.log_path}:\n{child.tail()}"
        )

    async def _is_ready(self, child: Child) -> bool:
        try:
            if child.url is not None:
                answer = await self._http.get(child.url + child.party.health_path)
                return answer.status_code == httpx.codes.OK
            api = self.children.get("api")
            if api is None or api.url is None:
                return True
            answer = await self._http.get(f"{api.url}/health")
            return bool(answer.json().get("worker") == "running")
        except (httpx.HTTPError, ValueError):
            return False

    def watch(self) -> None:
        """
        Restart what falls over, from now on.
        """
        self._watcher = asyncio.get_running_loop().create_task(self._watch_forever())

    async def _watch_forever(self) -> None:
        while True:
            for name, server in self._servers.items():
                if server.process is not None and server.process.poll() is not None:
                    self._begin(name, self._restart_server(name, server))
            for name, child in self.children.items():
                if child.wanted and child.process is not None and child.process.poll() is not None:
                    self._begin(name, self._restart(child))
            await asyncio.sleep(_WATCH_S)

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """
        One restart of each at a time; nobody waits for another's back-off.
        """
        running = self._restarting.get(name)
        if running is not None and not running.done():
            work.close()
            return
        self._restarting[name] = asyncio.get_running_loop().create_task(work)

    async def _restart_server(self, name: str, server: Server) -> None:
        self._report(f"{name} ended; starting it again")
        try:
            await asyncio.to_thread(server.restart)
        except SandboxProblem as problem:
            self._report(str(problem))
            await asyncio.sleep(_RESTART_DELAYS_S[-1])

    async def _restart(self, child: Child) -> None:
        assert child.process is not None
        if monotonic_s() - child.started_s > _STABLE_S:
            child.restarts = 0
        self._report(
            f"{child.party.name} ended with status {child.process.returncode}; starting it again (log: {child.log_path})"
        )
        await asyncio.sleep(_RESTART_DELAYS_S[min(child.restarts, len(_RESTART_DELAYS_S) - 1)])
        child.restarts += 1
        if child.wanted:
            child.start()

    def pid(self, name: str) -> int:
        """
        The process id of a party that runs.
        """
        process = self.children[name].process
        assert process is not None, f"{name} does not run"
        return process.pid

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """
        Signal a party and do not restart it; `start_one` brings it back.
        """
        child = self.children[name]
        child.wanted = False
        if child.process is not None:
            send_signal(child.process, number)
            if number == signal.SIGKILL:
                child.process.wait(10)

    def start_one(self, name: str) -> None:
        """
        Start a party that was killed or stopped.
        """
        self.children[name].start()

    def stop_one(self, name: str) -> None:
        """
        Stop a party in an orderly way and do not restart it.
        """
        child = self.children[name]
        child.wanted = False
        if child.process is not None:
            stop_process(child.process, number=signal.SIGTERM, within_s=20)

    async def stop(self) -> None:
        """
        Stop everything, the gateway's processes first.
        """
        if self._watcher is not None:
            self._watcher.cancel()
        for task in self._restarting.values():
            task.cancel()
        await self._http.aclose()
        ordered = sorted(self.children.values(), key=lambda child: not child.party.is_gateway)
        for child in ordered:
            child.wanted = False
            if child.process is not None:
                child.process.poll()
                send_signal(child.process, signal.SIGTERM)
        for child in ordered:
            if child.process is not None:
                await asyncio.to_thread(
                    stop_process, child.process, number=signal.SIGTERM, within_s=20
                )
