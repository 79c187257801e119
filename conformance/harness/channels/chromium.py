"""
Finds a Chromium: the system's first, else Playwright's own.
"""

import os
import shutil
from typing import Final

#: Names that distributions and vendors use.
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: Nothing that calls home, so that a run needs no network.
_ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium_path() -> str | None:
    """
    CHROMIUM_PATH when set, else the first name on the path; None means Playwright's own.
    """
    return os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, _NAMES)), None)


def chromium_arguments() -> list[str]:
    """
    Command line arguments.  Chromium's own sandbox refuses to run as root.
    """
    is_root = hasattr(os, "getuid") and os.getuid() == 0
    return [*_ARGUMENTS, *(["--no-sandbox"] if is_root else [])]
