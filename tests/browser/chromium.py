"""
Finds a Chromium: the system's first, else Playwright's own.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from typing import Final

#: Names that distributions and vendors use.
NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: Nothing that calls home, so that tests run without a network.
ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium_path(
    environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which
) -> str | None:
    """
    The system's Chromium: CHROMIUM_PATH when set, else the first name on the path; None means Playwright's own.
    """
    return environ.get("CHROMIUM_PATH") or next(filter(None, map(which, NAMES)), None)


def chromium_arguments(uid: int) -> list[str]:
    """
    Command line arguments.  Chromium's sandbox refuses to run as root.
    """
    return [*ARGUMENTS, *(["--no-sandbox"] if uid == 0 else [])]


def user_id() -> int:
    """
    The user's number; 1 where there are none.
    """
    return os.getuid() if hasattr(os, "getuid") else 1
