"""
The whole sandbox as one object: servers, parties, addresses.  Used by `paywright up`, the suite's runner and tests.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from paywright.clock import monotonic_s
from paywright.folders import lock_folder, sweep_abandoned
from paywright.launching import SandboxProblem, free_port, port_holder, port_is_free
from paywright.parties import PARTIES, Party, Urls, environment, port_variable
from paywright.servers import EmbeddedPostgres, EmbeddedValkey, secrets_key
from paywright.supervisor import Child, Supervisor

#: Variables of the user's environment that reach the parties.
_PASSED: Final = (
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TEST_MODE", "TEST_SEED",
    "TEST_PROCESSING_DELAY", "TEST_PAYMENT_SUCCESS", "WEBHOOK_RETRY_INTERVALS_TEST", "WEBHOOK_EGRESS", "WEBHOOK_SECRET", "SIGNING_SECRET",
    "TEST_MERCHANT_EMAIL", "TEST_API_KEY", "TEST_API_SECRET", "TEST_AMOUNT_TRIGGERS", "UPI_SUCCESS_RATE", "CARD_SUCCESS_RATE",
    "PROCESSING_DELAY_MIN", "PROCESSING_DELAY_MAX", "REFUND_DELAY_MIN", "REFUND_DELAY_MAX", "BANK_API_KEY", "BANK_CALLBACK_SECRET",
    "RATE_LIMIT_RPS", "SECRETS_KEY", "BANK_TIMEOUT", "BANK_PUBLIC_URL", "REPORTS_DIR", "DASHBOARD_READ_ONLY", "DASHBOARD_LOGINS_PER_MINUTE",
    "DASHBOARD_PASSWORD",
)  # fmt: skip


def default_state() -> Path:
    """
    The state folder: PAYWRIGHT_STATE, or `.paywright` here.
    """
    return Path(os.environ.get("PAYWRIGHT_STATE") or ".paywright").absolute()


class Sandbox:
    """
    An async context manager: everything runs inside it, nothing is left after it.

    `ephemeral` throws the state away and trades fsync for speed; `free_ports` picks free ports instead of the contract's; `parties` limits who runs;
    `env` is told to every party and wins over everything.
    """

    def __init__(
        self,
        *,
        state: Path | None = None,
        ephemeral: bool = False,
        free_ports: bool = False,
        parties: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
        report: Callable[[str], None] | None = None,
        restart: bool = True,
    ) -> None:
        self._given_state = state
        self._ephemeral = ephemeral
        self._free_ports = free_ports
        self._names = parties
        self._env = dict(env or {})
        self._host = host
        self._report = report or (lambda _line: None)
        self._restart = restart
        self.state = Path()
        self._lock: IO[str] | None = None
        self.postgres: EmbeddedPostgres | None = None
        self.valkey: EmbeddedValkey | None = None
        self.missing: list[str] = []
        self.start_seconds = 0.0

    async def __aenter__(self) -> Self:
        """
        Start everything and wait until it is healthy.  Raises `SandboxProblem`.
        """
        started_s = monotonic_s()
        self.state = self._make_state()
        self._lock = lock_folder(self.state)
        try:
            chosen = self._chosen()
            ports = self._ports(chosen)
            await asyncio.to_thread(self._start_servers, chosen)
            self.urls = Urls.of(
                ports, host=self._host, database=self._database_url(), redis=self._redis_url()
            )
            servers = {"PostgreSQL": self.postgres, "Valkey": self.valkey}
            self.supervisor = Supervisor(
                self._children(chosen, ports),
                self._report,
                {name: server for name, server in servers.items() if server is not None},
            )
            self.supervisor.start(gateway=True)
            self.supervisor.start(gateway=False)
            await self.supervisor.wait_until_healthy()
            if self._restart:
                self.supervisor.watch()
        except BaseException:
            await self.close()
            raise
        self.start_seconds = monotonic_s() - started_s
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """
        Stop everything.
        """
        await self.close()

    async def close(self) -> None:
        """
        Stop everything; safe to call twice.
        """
        if hasattr(self, "supervisor"):
            await self.supervisor.stop()
            del self.supervisor
        for server in (self.postgres, self.valkey):
            if server is not None:
                await asyncio.to_thread(server.stop)
        self.postgres = self.valkey = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._ephemeral:
            shutil.rmtree(self.state, ignore_errors=True)

    def kill(self, name: str) -> None:
        """
        SIGKILL a party; it stays down until `start`.
        """
        self.supervisor.kill(name)

    def pid(self, name: str) -> int:
        """
        The process id of a party that runs.
        """
        return self.supervisor.pid(name)

    async def start(self, name: str) -> None:
        """
        Start a party that was killed, and wait until it is healthy.
        """
        self.supervisor.start_one(name)
        await self.supervisor.wait_for(name)

    def log(self, name: str) -> str:
        """
        Everything a party wrote.
        """
        return (self.state / "logs" / f"{name}.log").read_text("utf-8", "replace")

    def _make_state(self) -> Path:
        if self._ephemeral:
            sweep_abandoned()
            state = Path(tempfile.mkdtemp(prefix="paywright-"))
            state.chmod(0o755)
        else:
            state = self._given_state or default_state()
            state.mkdir(parents=True, exist_ok=True)
        (state / "logs").mkdir(exist_ok=True)
        return state

    def _chosen(self) -> list[Party]:
        known = {party.name for party in PARTIES}
        strange = sorted(set(self._names or ()) - known)
        if strange:
            raise SandboxProblem(
                f"There is no party {strange[0]!r}; known are {', '.join(sorted(known))}."
            )
        wanted = [p for p in PARTIES if self._names is None or p.name in self._names]
        self.missing = [party.name for party in wanted if not party.is_installed]
        return [party for party in wanted if party.is_installed]

    def _ports(self, chosen: Sequence[Party]) -> dict[str, int]:
        ports: dict[str, int] = {}
        for party in PARTIES:
            if party.port is None:
                continue
            given = os.environ.get(port_variable(party), "")
            if given and not (given.isdigit() and 0 < int(given) < 65_536):  # noqa: PLR2004  port range
                raise SandboxProblem(
                    f"{port_variable(party)} must be a port from 1 to 65535, found {given!r}."
                )
            port = free_port() if self._free_ports else int(given or party.port)
            ports[party.name] = port
            if party in chosen and not port_is_free(self._host, port):
                holder = port_holder(port)
                raise SandboxProblem(
                    f"Port {port} ({party.name}) is in use{f' by {holder}' if holder else ''}; stop that, set {port_variable(party)} to "
                    "another port, or use --free-ports."
                )
        return ports

    def _start_servers(self, chosen: Sequence[Party]) -> None:
        if not any(party.is_gateway for party in chosen) and self._names:
            return
        logs = self.state / "logs"
        if not self._external("DATABASE_URL"):
            self.postgres = EmbeddedPostgres(
                self.state / "postgres", logs / "postgres.log", durable=not self._ephemeral
            )
        if not self._external("REDIS_URL"):
            self.valkey = EmbeddedValkey(self.state / "valkey", logs / "valkey.log")
            self.valkey.start()
        if self.postgres is not None:
            self.postgres.start()

    def _external(self, name: str) -> str:
        return self._env.get(name) or os.environ.get(name, "")

    def _database_url(self) -> str:
        return self.postgres.url if self.postgres else self._external("DATABASE_URL")

    def _redis_url(self) -> str:
        return self.valkey.url if self.valkey else self._external("REDIS_URL")

    def _children(self, chosen: Sequence[Party], ports: Mapping[str, int]) -> list[Child]:
        given = {name: os.environ[name] for name in _PASSED if name in os.environ}
        # The dashboard shows the runs of the suite that was started where the sandbox was.
        given.setdefault("REPORTS_DIR", str(Path("reports").absolute()))
        key = secrets_key(self.state)
        children = []
        for party in chosen:
            (self.state / party.name).mkdir(exist_ok=True)
            port = ports.get(party.name)
            told = environment(
                party,
                self.urls,
                state=self.state,
                secrets_key=key,
                port=port,
                host=self._host,
                given=given,
                extra=self._env,
            )
            url = None if port is None else f"http://{self._host}:{port}"
            log_path = self.state / "logs" / f"{party.name}.log"
            children.append(Child(party=party, environ=told, url=url, log_path=log_path))
        return children
