"""
Makes `checkout.min.js` from `checkout.js`: `python -m sdk.checkout.build`.  For developers; the server serves the file that is committed.

Needs the development dependency tdewolff-minify.  The first line of the result carries the hash of its source, so that a stale file fails a
unit test on machines without the minifier too.  Decision: docs/decisions/0041.
"""

import hashlib
import importlib
import sys
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


def source_mark(source: str) -> str:
    """
    What the licence line says about the source: the start of its SHA-256.
    """
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def minified(source: str) -> str:
    """
    The script without comments, with short local names.  Raises ModuleNotFoundError without tdewolff-minify.
    """
    minifier: Any = importlib.import_module("minify")
    marked = source.replace("| Apache-2.0 */", f"| Apache-2.0 | source {source_mark(source)} */", 1)
    return str(minifier.string("application/javascript", marked)).rstrip("\n") + "\n"


def main() -> None:
    """
    Write the file; say how large it is.
    """
    result = minified((FOLDER / "checkout.js").read_text("utf-8"))
    (FOLDER / "checkout.min.js").write_text(result, "utf-8")
    sys.stdout.write(f"checkout.min.js: {len(result.encode())} bytes\n")


if __name__ == "__main__":
    main()
