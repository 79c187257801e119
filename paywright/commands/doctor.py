"""
`paywright doctor`: is everything here that the sandbox needs?
"""

import json
import sys
from typing import Annotated

import typer

from paywright.commands.browser import find_chromium
from paywright.launching import SandboxProblem, port_holder, port_is_free
from paywright.parties import PARTIES
from paywright.servers import postgres_program, valkey_program

_PYTHON = (3, 11)


def _checks() -> list[tuple[str, bool, str]]:
    version = sys.version.split()[0]
    found = [("Python", sys.version_info[:2] >= _PYTHON, version)]
    for name, locate in (("PostgreSQL", postgres_program), ("Valkey", valkey_program)):
        try:
            found.append((name, True, str(locate())))
        except SandboxProblem as problem:
            found.append((name, False, str(problem)))
    browser = find_chromium()
    advice = "not found; only browser checks need it: paywright browser --install"
    found.append(("Chromium", browser is not None, browser or advice))
    for party in PARTIES:
        if party.port is not None:
            free = port_is_free("127.0.0.1", party.port)
            holder = "free" if free else f"in use by {port_holder(party.port) or 'somebody'}"
            found.append((f"port {party.port} ({party.name})", free, holder))
    return found


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Check this machine.
    """
    checks = _checks()
    if as_json:
        rows = [{"name": name, "ok": ok, "detail": detail} for name, ok, detail in checks]
        sys.stdout.write(json.dumps(rows) + "\n")
    else:
        for name, ok, detail in checks:
            sys.stdout.write(f"{'ok  ' if ok else 'MISS'} {name}: {detail}\n")
    raise typer.Exit(
        0 if all(ok for name, ok, _ in checks if not name.startswith(("port", "Chrom"))) else 1
    )
