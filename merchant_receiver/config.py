"""
Settings of the receiver's process, read once from the environment at start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sdk.python.webhooks import is_signing_secret

#: Published secrets of the seeded test merchant (README).
WEBHOOK_SECRET: Final = "whsec_test_abc123"  # noqa: S105
SIGNING_SECRET: Final = "whsec_wnU/dTajsA5waseqSk+21RJpQ+u/X1/LJFXAXQIpG3I="  # noqa: S105
_PORT_MAX: Final = 65_535


class BadSetting(ValueError):
    """
    An environment variable cannot be used; the message names it and says what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that can be configured.  Secrets may be several (old and new), comma separated.
    """

    host: str
    port: int
    state_folder: Path | None
    webhook_secrets: tuple[str, ...]
    signing_secrets: tuple[str, ...]

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """
        Read the settings.  Raises `BadSetting`.
        """
        port = environ.get("PORT", "").strip() or "4000"
        if not port.isascii() or not port.isdigit() or int(port) > _PORT_MAX:
            raise BadSetting(f"PORT must be a port from 0 to {_PORT_MAX}, found {port!r}.")
        folder = environ.get("STATE_DIR", "").strip()
        signing_secrets = _several(environ.get("SIGNING_SECRET", SIGNING_SECRET))
        if not all(map(is_signing_secret, signing_secrets)):
            raise BadSetting(
                "SIGNING_SECRET must be whsec_ followed by base64, or several of them."
            )
        return cls(
            host=environ.get("HOST", "127.0.0.1"),
            port=int(port),
            state_folder=Path(folder) if folder else None,
            webhook_secrets=_several(environ.get("WEBHOOK_SECRET", WEBHOOK_SECRET)),
            signing_secrets=signing_secrets,
        )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
