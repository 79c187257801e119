"""
The files that browsers load: read once at start, named by their content, with their SRI values.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Version of the script's interface, as in checkout.js; a change of a data-test-id or a message type raises it.
VERSION: Final = "1.0.0"
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".ts": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: Turns the UMD file into an ES module without a second source: it finds a `module` to export to.
_MODULE_HEAD: Final = "const module={exports:{},url:import.meta.url};\n"
_MODULE_TAIL: Final = (
    "\nexport const PaymentGateway=module.exports;\nexport default PaymentGateway;\n"
)
_HASH_LENGTH: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """
    One file as it is served.  `digest` is the hash in its immutable address, `integrity` its SRI value.
    """

    name: str
    content: bytes
    content_type: str
    digest: str
    integrity: str

    @property
    def immutable_path(self) -> str:
        """
        Path that never serves other bytes: `/checkout-<digest>.js`.
        """
        stem, dot, suffix = self.name.partition(".")
        return f"/{stem}-{self.digest}{dot}{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """
    Everything that is served: `sdk` for merchants' pages by name, `page` for our own pages by path below `/assets/<digest>/`.
    """

    sdk: dict[str, Asset]
    page: dict[str, Asset]
    digest: str

    def url(self, path: str) -> str:
        """
        Immutable path of one of our own pages' files.
        """
        return f"/assets/{self.digest}/{self.page[path].name}"

    def sri(self) -> dict[str, object]:
        """
        The document of `/sri.json`.
        """
        return {
            "version": VERSION,
            "files": {
                asset.name: {
                    "url": asset.immutable_path,
                    "integrity": asset.integrity,
                    "bytes": len(asset.content),
                }
                for asset in self.sdk.values()
            },
        }

    def inventory(self) -> dict[str, object]:
        """
        Every script that the pages which the payer sees are allowed to load, with its purpose and hash (PCI DSS 6.4.3).
        """
        return {
            "pages": {
                "/checkout": self._scripts("page/"),
                "/checkout/return": self._scripts("back/"),
            }
        }

    def _scripts(self, folder: str) -> list[dict[str, str]]:
        return [
            {
                "url": self.url(path),
                "integrity": asset.integrity,
                "purpose": _purpose(asset.content),
            }
            for path, asset in self.page.items()
            if path.startswith(folder) and path.endswith(".js")
        ]


def _purpose(source: bytes) -> str:
    """
    The first line of the comment that every script begins with.
    """
    return source.decode().split("\n")[1].strip(" *")


def _asset(name: str, content: bytes) -> Asset:
    sha384 = hashlib.sha384(content).digest()
    return Asset(
        name=name,
        content=content,
        content_type=_TYPES[Path(name).suffix],
        digest=hashlib.sha256(content).hexdigest()[:_HASH_LENGTH],
        integrity="sha384-" + base64.b64encode(sha384).decode(),
    )


def load_assets(folder: Path, *, script: str = "checkout.min.js") -> Assets:
    """
    Read the folder of this package.  `script` is the file that `/checkout.js` serves.
    """
    code = (folder / script).read_bytes()
    sdk = [
        _asset("checkout.js", code),
        _asset("checkout.mjs", _MODULE_HEAD.encode() + code + _MODULE_TAIL.encode()),
        _asset("checkout.d.ts", (folder / "checkout.d.ts").read_bytes()),
        _asset("loader.mjs", (folder / "loader.js").read_bytes()),
    ]
    files = sorted(
        path
        for part in ("page", "back", "demo", "icons")
        for path in (folder / part).iterdir()
        if path.suffix in (".js", ".css", ".svg")
    )
    page = {
        f"{path.parent.name}/{path.name}": _asset(
            f"{path.parent.name}/{path.name}", path.read_bytes()
        )
        for path in files
    }
    together = json.dumps({name: asset.integrity for name, asset in page.items()}).encode()
    return Assets(
        sdk={asset.name: asset for asset in sdk},
        page=page,
        digest=hashlib.sha256(together).hexdigest()[:_HASH_LENGTH],
    )
