"""
`paywright browser`: find a Chromium, or install one.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from conformance.harness.channels.chromium import chromium_path

#: Long enough for a slow registry; a download that hangs must not hang the caller.
_INSTALL_S_MAX: Final = 300
_NONE: Final = (
    "paywright: no Chromium: none on the path, Playwright's could not be downloaded, and there is no package of the distribution that this user may install.\n"
    "           Install one, or set CHROMIUM_PATH. Everything else works without; browser requirements stay untested.\n"
)


def _own() -> str | None:
    """
    Playwright's own Chromium, when it was downloaded.
    """
    question = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", question], capture_output=True, text=True, check=False, timeout=60
    )
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def find_chromium() -> str | None:
    """
    CHROMIUM_PATH, else the system's, else Playwright's own.
    """
    return chromium_path() or _own()


def _try(command: Sequence[str]) -> bool:
    sys.stderr.write(f"paywright: {' '.join(command)}\n")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return (
            subprocess.run(  # noqa: S603  a fixed list of commands
                command, check=False, timeout=_INSTALL_S_MAX, env=environ, stdout=subprocess.DEVNULL
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> str | None:
    """
    Playwright's download first, since it needs no rights; then the distribution's package.
    """
    if _try([sys.executable, "-m", "playwright", "install", "chromium"]):
        found = find_chromium()
        if found is not None:
            return found
    if shutil.which("apt-get") and os.getuid() == 0:
        _try(["apt-get", "update", "-qq"])
        _try(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"])
    return find_chromium()


def browser(
    install: Annotated[
        bool, typer.Option("--install", help="Install one when there is none.")
    ] = False,
) -> None:
    """
    Say which Chromium browser checks use; exit status 1 when there is none.
    """
    found = find_chromium() or (_install() if install else None)
    if found is None:
        sys.stderr.write(_NONE)
        raise typer.Exit(1)
    sys.stdout.write(f"{found}\n")
