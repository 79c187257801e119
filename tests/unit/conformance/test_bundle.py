"""
N18: whatever byte of a bundle is changed, verifying says which file.
"""

import io
import random
import tarfile
from functools import cache
from pathlib import Path

import pytest

from conformance.harness.bundle import (
    BadBundle,
    Checked,
    collect,
    extract,
    new_key,
    pack,
    public_key_of,
    unpack,
)
from conformance.harness.reports.files import write
from conformance.harness.reports.reading import BadReport
from conformance.harness.verdict import Verdict
from tests.unit.conformance.reporting import exchange, finding, report

KEY = new_key()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """
    A small run.
    """
    folder = tmp_path_factory.mktemp("reports")
    write(report(finding(exchanges=[exchange()]), finding("PGC-ORD-002", Verdict.FAIL)), folder)
    (folder / "private.txt").write_text("not part of a run")
    return collect(folder)


@pytest.fixture(scope="module")
def archive(files: dict[str, bytes]) -> bytes:
    """
    Its bundle.
    """
    return pack(files, KEY)


@cache
def _members(archive: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getmembers()


def _owner(archive: bytes, place: int, files: dict[str, bytes]) -> str:
    """
    The member in whose header, content or padding a byte lies, counted without the code under test.
    """
    members = _members(archive)
    assert [m.name for m in members[:2]] == ["manifest.json", "manifest.sig"]
    assert {m.name for m in members[2:]} == set(files)
    found = [m.name for m in members if m.offset <= place < m.offset_data + -(-m.size // 512) * 512]
    return found[0] if found else "the end of the archive"


def test_what_was_signed_is_whole(archive: bytes, files: dict[str, bytes]) -> None:
    """
    Every file comes back, and the key is the signer's.
    """
    checked = unpack(archive, trusted=public_key_of(KEY))

    assert dict(checked.files) == files
    assert checked.public_key == public_key_of(KEY)
    assert "private.txt" not in files
    assert {"results.json", "transcript.ndjson", "results/PGC-ORD-002.json"} <= set(files)


def test_bundles_repeat(archive: bytes, files: dict[str, bytes]) -> None:
    """
    The same files and key make the same bytes.
    """
    assert pack(files, KEY) == archive


def test_a_hundred_flipped_bytes_are_named(archive: bytes, files: dict[str, bytes]) -> None:
    """
    One random bit at a hundred random places: each is found and its file named.
    """
    places = random.Random("flips").sample(range(len(archive)), 100)
    for number, place in enumerate(places):
        changed = bytearray(archive)
        changed[place] ^= 1 << (number % 8)
        with pytest.raises(BadBundle) as problem:
            unpack(bytes(changed))
        assert str(problem.value).startswith(_owner(archive, place, files)), place


@pytest.mark.parametrize("part", ["manifest.json", "manifest.sig"])
def test_flips_in_manifest_and_signature_are_told_apart(
    archive: bytes, files: dict[str, bytes], part: str
) -> None:
    """
    Every seventh byte of both.
    """
    for place in range(0, len(archive), 7):
        if _owner_is_far(archive, place):
            break
        if _owner(archive, place, files) == part:
            changed = bytearray(archive)
            changed[place] ^= 1
            with pytest.raises(BadBundle, match=rf"^{part}"):
                unpack(bytes(changed))


def _owner_is_far(archive: bytes, place: int) -> bool:
    return place > archive.index(b"ctrf.json\x00")


@pytest.mark.parametrize("cut", [1, 512, 1024, 5000], ids=str)
def test_cut_and_longer_archives_are_refused(archive: bytes, cut: int) -> None:
    """
    At either end.
    """
    for changed in (archive[:-cut], archive + bytes(cut), archive[cut:]):
        with pytest.raises(BadBundle):
            unpack(changed)


def test_another_signer_is_refused(archive: bytes, files: dict[str, bytes]) -> None:
    """
    A bundle that was edited and signed anew holds, but not for who insists on the signer.
    """
    edited = {**files, "summary.md": b"all well"}
    forged = pack(edited, new_key())

    assert unpack(forged).files["summary.md"] == b"all well"
    with pytest.raises(BadBundle, match="signed with another key"):
        unpack(forged, trusted=unpack(archive).public_key)


def test_half_a_run_is_not_signed(tmp_path: Path) -> None:
    """
    Evidence that is missing.
    """
    write(report(finding()), tmp_path)
    (tmp_path / "results" / "PGC-ORD-001.json").unlink()

    with pytest.raises(BadReport):
        collect(tmp_path)


def test_keys_of_other_kinds_are_refused(files: dict[str, bytes]) -> None:
    """
    With one line.
    """
    with pytest.raises(BadBundle, match="not an unencrypted PEM"):
        pack(files, b"hello")


def test_names_that_lead_out_are_not_written(tmp_path: Path) -> None:
    """
    Whoever signs may be hostile.
    """
    checked = Checked(public_key="00", files={"../evil": b"x"})

    with pytest.raises(BadBundle, match="outside"):
        extract(checked, tmp_path / "in")

    assert not (tmp_path / "evil").exists()
