"""
`paywright bundle`: sign a run's reports, and check what someone else signed.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from paywright.commands.up import USAGE_STATUS

app = typer.Typer(
    no_args_is_help=True, help="Sign a run's reports as one file; verify one offline."
)
_CHANGED_STATUS = 1


def _refused(message: str, status: int) -> typer.Exit:
    sys.stderr.write(f"paywright: {message}\n")
    return typer.Exit(status)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise _refused(f"{path} cannot be read: {problem.strerror}", USAGE_STATUS) from problem


@app.command("key")
def key(
    out: Annotated[Path, typer.Argument(help="File for the private key; must not exist.")],
) -> None:
    """
    Make a signing key (ed25519, PEM, readable by you alone) and print its public half.
    """
    from conformance.harness.bundle import new_key, public_key_of

    pem = new_key()
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise _refused(f"{out} cannot be made: {problem.strerror}", USAGE_STATUS) from problem
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    sys.stdout.write(f"{public_key_of(pem)}\n")


@app.command("sign")
def sign(
    folder: Annotated[Path, typer.Argument(help="Folder of the reports.")] = Path("reports"),
    key_file: Annotated[
        Path, typer.Option("--key", help="Private key made by `paywright bundle key`.")
    ] = Path("paywright.key"),
    out: Annotated[Path, typer.Option(help="The bundle.")] = Path("bundle.tar"),
) -> None:
    """
    Pack reports, transcripts and run lock into one signed file.
    """
    from conformance.harness.bundle import BadBundle, collect, pack, public_key_of
    from conformance.harness.reports.reading import BadReport

    pem = _read(key_file)
    try:
        files = collect(folder)
        out.write_bytes(pack(files, pem))
    except (BadBundle, BadReport) as problem:
        raise _refused(str(problem), USAGE_STATUS) from problem
    except OSError as problem:
        raise _refused(f"{problem.filename}: {problem.strerror}", USAGE_STATUS) from problem
    sys.stdout.write(f"{out}: {len(files)} files, signed with {public_key_of(pem)}\n")


@app.command("verify")
def verify(
    bundle: Annotated[Path, typer.Argument(help="The bundle.")],
    public_key: Annotated[
        str | None, typer.Option(help="The public key (hex) that must have signed.")
    ] = None,
    extract_to: Annotated[Path | None, typer.Option(help="Write the files into a folder.")] = None,
    rerun: Annotated[
        str | None,
        typer.Option(help="Address of the gateway: run the lock again and compare the verdicts."),
    ] = None,
) -> None:
    """
    Check signature and every byte, offline; a changed file is named.  Exit status 0 whole, 1 changed, 2 wrong usage.
    """
    from conformance.harness.bundle import BadBundle, extract, unpack
    from conformance.harness.reports.reading import BadReport, read_folder

    archive = _read(bundle)
    try:
        checked = unpack(archive, trusted=public_key)
        with tempfile.TemporaryDirectory() as folder:
            extract(checked, Path(folder))
            run = read_folder(Path(folder))
            if extract_to is not None:
                extract(checked, extract_to)
    except (BadBundle, BadReport) as problem:
        raise _refused(str(problem), _CHANGED_STATUS) from problem
    except OSError as problem:
        raise _refused(f"{problem.filename}: {problem.strerror}", USAGE_STATUS) from problem
    trust = "" if public_key else " (give --public-key to insist on a signer)"
    sys.stdout.write(
        f"whole: {len(checked.files)} files, signed with {checked.public_key}{trust}\n"
    )
    sys.stdout.write(f"{run.report.target}: {run.report.result.sentence}\n")
    if rerun is not None:
        _rerun(
            rerun, run.lock or {}, {f.requirement.id: f.verdict.value for f in run.report.findings}
        )


def _rerun(target: str, lock: dict[str, object], claimed: dict[str, str]) -> None:
    """
    Run the lock again; claims that do not come true are named.
    """
    from conformance.cli import grade

    config = lock.get("config")
    asked = config if isinstance(config, dict) else {}
    profile = asked.get("profile")
    name = profile.get("name", "canonical") if isinstance(profile, dict) else "canonical"
    with tempfile.TemporaryDirectory() as folder:
        status = grade(
            target,
            profile=str(name),
            seed=str(lock.get("seed")),
            only=asked.get("only"),
            strict=bool(asked.get("strict")),
            out=Path(folder),
            quiet=True,
        )
        try:
            results = json.loads((Path(folder) / "results.json").read_bytes())
            again = json.loads((Path(folder) / "run.lock").read_bytes())
        except OSError as problem:
            raise typer.Exit(int(status)) from problem
    found = {r["id"]: r["verdict"] for r in results["requirements"]}
    wrong = sorted(i for i in claimed.keys() | found.keys() if claimed.get(i) != found.get(i))
    if wrong:
        lines = "".join(f"  {i}: claimed {claimed.get(i)}, found {found.get(i)}\n" for i in wrong)
        raise _refused(f"the run does not repeat:\n{lines.rstrip()}", _CHANGED_STATUS)
    same = again.get("transcript_sha256") == lock.get("transcript_sha256")
    sys.stdout.write(
        f"repeats: {len(found)} verdicts alike, transcript {'alike' if same else 'differs'}\n"
    )
