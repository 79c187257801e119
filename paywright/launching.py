"""
Starts child processes that cannot outlive us and finds free ports.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

_PR_SET_PDEATHSIG: Final = 1


class SandboxProblem(Exception):
    """
    The sandbox cannot start or go on; the message is one clear line for the person at the terminal.
    """


def _die_with_parent(number: int) -> Callable[[], None] | None:
    """
    A hook for the child that asks the kernel to signal it when we die, even by SIGKILL.  Linux only; elsewhere only orderly stops clean up.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def hook() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number)

    return hook


def spawn(
    command: Sequence[str],
    *,
    log_path: Path,
    environ: Mapping[str, str] | None = None,
    account: tuple[int, int] | None = None,
    death_signal: int = signal.SIGTERM,
    working_folder: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """
    Start a process in a group of its own, output appended to `log_path`; `account` is the (uid, gid) to run under.
    """
    options: dict[str, Any] = {}
    if account is not None:
        options = {"user": account[0], "group": account[1], "extra_groups": []}
    with log_path.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  fixed commands of this package
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=None if environ is None else dict(environ),
            cwd=working_folder,
            start_new_session=True,
            preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509  the hook only calls prctl
            **options,
        )


def send_signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    """
    Signal the whole group of a child that may be gone already.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def stop_process(process: "subprocess.Popen[bytes]", *, number: int, within_s: float) -> None:
    """
    Ask the child to stop and kill its group when it does not in time.
    """
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            send_signal(process, signal.SIGKILL)
            process.wait(5)
    send_signal(process, signal.SIGKILL)


def free_port() -> int:
    """
    A loopback port that nobody uses right now.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(host: str, port: int) -> bool:
    """
    Whether a server could listen there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def port_holder(port: int) -> str | None:
    """
    Who listens on the port, as `name (pid N)`, where the system tells (Linux, own processes).
    """
    inode = _listening_inode(port)
    if inode is None:
        return None
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            for descriptor in (folder / "fd").iterdir():
                if str(descriptor.readlink()) == f"socket:[{inode}]":
                    name = (folder / "comm").read_text().strip()
                    return f"{name} (pid {folder.name})"
    return None


def _listening_inode(port: int) -> str | None:
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[1].endswith(wanted) and fields[3] == "0A":
                    return fields[9]
    return None
