"""
The distribution `paywright-sdk`: built from the files of `sdk/python`, imported on its own.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[3] / "sdk" / "python"


def _run(code: str, *options: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *options],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


def test_the_built_package_imports_without_this_repository(tmp_path: Path) -> None:
    """
    Neither `sdk` nor anything else of this repository is needed.
    """
    pytest.importorskip("setuptools", reason="builds the package; comes with venv up to 3.11")
    source, there = tmp_path / "src", tmp_path / "there"
    shutil.copytree(SOURCES, source, ignore=shutil.ignore_patterns("__pycache__"))

    _run("import setuptools; setuptools.setup()", "build", "-b", str(there), folder=source)
    said = _run(
        "import sys, paywright_sdk, paywright_sdk.webhooks;"
        "light = 'httpx' not in sys.modules;"
        "from paywright_sdk import AsyncBank, AsyncClient, SyncBank, SyncClient;"
        "print(paywright_sdk.__file__, 'sdk' in sys.modules, light, SyncClient.__module__)",
        folder=there / "lib",
    )

    package = there / "lib" / "paywright_sdk"
    there_is = [str(package / "__init__.py"), "False", "True", "paywright_sdk.sync_client"]
    assert said.split() == there_is
    assert (package / "py.typed").exists()
