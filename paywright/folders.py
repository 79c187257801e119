"""
State folders: one sandbox each, and none left over.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Final

from paywright.launching import SandboxProblem

_LOCK: Final = "paywright.lock"


def lock_folder(state: Path) -> IO[str]:
    """
    Hold the folder as long as the returned file is open.  Raises `SandboxProblem` naming who holds it.
    """
    file = (state / _LOCK).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise SandboxProblem(
            f"The state folder {state} is in use by another sandbox (pid {holder}); stop that, or choose another folder with --state."
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def sweep_abandoned() -> None:
    """
    Remove the folders of throw-away sandboxes that were killed: theirs is the lock that nobody holds.
    """
    for folder in Path(tempfile.gettempdir()).glob("paywright-*"):
        lock = folder / _LOCK
        if not lock.is_file() or folder.stat().st_uid != os.geteuid():
            continue
        with lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            shutil.rmtree(folder, ignore_errors=True)
