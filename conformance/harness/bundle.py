"""
Bundles: a run's reports as one archive with a signed list of its files, to be checked by someone else without a network.

Layout: a tar whose first members are `manifest.json` (every file with size and SHA-256) and `manifest.sig` (ed25519 over the manifest's hash), then the
files in order.  Headers are fixed (no owner, no time), so that every byte of the archive can be foretold from the manifest: any change is found and
named.  A signature says who signed; that the run really went like this is shown by running its lock again (`verify --rerun`).  Source: features N18.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from conformance.harness.reports.reading import read_folder

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_SCHEMA: Final = "paywright-bundle/1"
_BLOCK: Final = 512
#: What belongs to a run; other files in the folder are left alone.
_KINDS: Final = (
    "*.json", "*.xml", "*.sarif", "*.har", "*.ndjson", "*.md", "*.html", "run.lock", "results/*.json", "repro/*.py",
)  # fmt: skip


class BadBundle(Exception):
    """
    A bundle cannot be made or is not what was signed; the message names the file.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """
    A bundle that holds: who signed, and what is in it.
    """

    public_key: str
    files: Mapping[str, bytes]

    @property
    def fingerprint(self) -> str:
        """
        The first sixteen hex characters of the key's hash.
        """
        return hashlib.sha256(bytes.fromhex(self.public_key)).hexdigest()[:16]


def new_key() -> bytes:
    """
    A fresh ed25519 private key, PEM.
    """
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise BadBundle(f"the key is not an unencrypted PEM private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadBundle(f"the key must be ed25519, found {type(key).__name__}")
    return key


def _public_hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def public_key_of(pem: bytes) -> str:
    """
    The public key of a private one, hex.  Raises `BadBundle`.
    """
    return _public_hex(_private(pem).public_key())


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode("ascii")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.USTAR_FORMAT)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _BLOCK)


def pack(files: Mapping[str, bytes], pem: bytes) -> bytes:
    """
    The archive of these files, signed.  Raises `BadBundle`.
    """
    key = _private(pem)
    listed = [
        {"name": name, "size": len(content), "sha256": _sha256(content)}
        for name, content in sorted(files.items())
    ]
    manifest = _json({"schema": _SCHEMA, "files": listed})
    digest = _sha256(manifest)
    signature = _json(
        {
            "algorithm": "ed25519 over the hex SHA-256 of manifest.json",
            "manifest_sha256": digest,
            "public_key": _public_hex(key.public_key()),
            "signature": key.sign(digest.encode()).hex(),
        }
    )
    out = io.BytesIO()
    for name, content in [(MANIFEST, manifest), (SIGNATURE, signature), *sorted(files.items())]:
        out.write(_header(name, len(content)) + _padded(content))
    out.write(bytes(2 * _BLOCK))
    return out.getvalue()


def collect(folder: Path) -> dict[str, bytes]:
    """
    The files of a run, once its report is whole and consistent.  Raises `BadReport` and OSError.
    """
    read_folder(folder)
    paths = {path for kind in _KINDS for path in folder.glob(kind) if path.is_file()}
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _member(archive: bytes, at: int, name: str) -> tuple[bytes, int]:
    """
    The content of the member that must begin here, and where the next begins.
    """
    try:
        info = tarfile.TarInfo.frombuf(archive[at : at + _BLOCK], "utf-8", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise BadBundle(f"{name}: its header in the archive was changed ({error})") from error
    end = at + _BLOCK + info.size
    content = archive[at + _BLOCK : end]
    if info.name != name or archive[at : at + _BLOCK] != _header(name, info.size):
        raise BadBundle(f"{name}: its header in the archive was changed")
    if len(content) != info.size:
        raise BadBundle(f"{name}: the archive ends in the middle of it")
    return content, end + (-info.size % _BLOCK)


def _document(name: str, content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise BadBundle(f"{name} was changed: it is not JSON any more ({error})") from error
    if not isinstance(document, dict):
        raise BadBundle(f"{name} was changed: it is not an object any more")
    return document


def _signed(manifest: bytes, signature: bytes) -> str:
    """
    The public key, when the signature holds; else whichever of the two files was changed is named.
    """
    document = _document(SIGNATURE, signature)
    digest = str(document.get("manifest_sha256"))
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(document.get("public_key"))))
        key.verify(bytes.fromhex(str(document.get("signature"))), digest.encode())
    except (ValueError, InvalidSignature) as error:
        raise BadBundle(f"{SIGNATURE} was changed: its signature does not hold") from error
    if _sha256(manifest) != digest:
        raise BadBundle(f"{MANIFEST} was changed: its hash is not the one that was signed")
    expected = {**document, "algorithm": "ed25519 over the hex SHA-256 of manifest.json"}
    if signature != _json(expected):
        raise BadBundle(f"{SIGNATURE} was changed")
    return _public_hex(key)


def unpack(archive: bytes, *, trusted: str | None = None) -> Checked:
    """
    Check every byte of an archive.  `trusted` is the public key (hex) that must have signed.  Raises `BadBundle` that names the file.
    """
    manifest, at = _member(archive, 0, MANIFEST)
    signature, after = _member(archive, at, SIGNATURE)
    key = _signed(manifest, signature)
    if trusted is not None and key != trusted.strip().lower():
        raise BadBundle(f"{SIGNATURE}: signed with another key, {key}")
    expected = io.BytesIO()
    for name, content in ((MANIFEST, manifest), (SIGNATURE, signature)):
        expected.write(_header(name, len(content)) + _padded(content))
    front = expected.getvalue()
    if archive[:after] != front:
        place = next(n for n, (a, b) in enumerate(zip(archive, front, strict=False)) if a != b)
        raise BadBundle(
            f"{MANIFEST if place < at else SIGNATURE}: the padding behind it was changed"
        )
    return Checked(public_key=key, files=_files(archive, after, _document(MANIFEST, manifest)))


def _files(archive: bytes, at: int, manifest: dict[str, Any]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for listed in manifest["files"]:
        name, size = str(listed["name"]), int(listed["size"])
        end = at + _BLOCK + size
        content = archive[at + _BLOCK : end]
        if archive[at : at + _BLOCK] != _header(name, size):
            raise BadBundle(f"{name}: its header in the archive was changed")
        if _sha256(content) != listed["sha256"]:
            raise BadBundle(f"{name} was changed: its hash is not the one that was signed")
        padding = -size % _BLOCK
        if archive[end : end + padding] != bytes(padding):
            raise BadBundle(f"{name}: the padding behind it was changed")
        files[name] = content
        at = end + padding
    if archive[at:] != bytes(2 * _BLOCK):
        raise BadBundle("the end of the archive was changed")
    return files


def extract(checked: Checked, folder: Path) -> None:
    """
    Write the files below a folder.  Raises `BadBundle` for a name that leads out of it, and OSError.
    """
    root = folder.absolute()
    for name, content in checked.files.items():
        path = (root / name).resolve()
        if not path.is_relative_to(root.resolve()):
            raise BadBundle(f"{name} would be written outside of {folder}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
