"""
Schema versions: bring the database to this release's head, or refuse to run on another one.
"""

from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.config import TortoiseConfig
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor

#: Only one process migrates at a time; any constant will do, this one spells "payw".
_LOCK: Final = 0x70617977
_APP: Final = "gateway"


class SchemaMismatch(Exception):
    """
    The database is not at this release's schema version.
    """


def tortoise_config(dsn: str, *, connections_max: int = 4) -> TortoiseConfig:
    """
    Tortoise's settings for the database of `dsn` (`postgresql://user:password@host:port/name?host=<socket folder>`).
    """
    parts = urlsplit(dsn)
    options = parse_qs(parts.query)
    credentials: dict[str, Any] = {
        "host": options.get("host", [parts.hostname or "127.0.0.1"])[0],
        "port": int(options.get("port", [str(parts.port or 5432)])[0]),
        "user": unquote(parts.username or options.get("user", ["postgres"])[0]),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/"),
        "minsize": 0,
        "maxsize": connections_max,
    }
    return TortoiseConfig.from_dict(
        {
            "connections": {
                "default": {
                    "engine": "tortoise.backends.asyncpg",
                    "credentials": credentials,
                }
            },
            "apps": {
                _APP: {
                    "models": ["gateway.storage.models"],
                    "migrations": "gateway.storage.migrations",
                    "default_connection": "default",
                }
            },
            "use_tz": True,
            "timezone": "UTC",
        }
    )


async def _pending(config: dict[str, Any]) -> tuple[MigrationExecutor, list[Any]]:
    executor = MigrationExecutor(get_connection("default"), config["apps"])
    return executor, await executor.plan(None)


async def migrate(dsn: str) -> list[str]:
    """
    Apply every missing migration under an advisory lock; the names applied.  Raises asyncpg's errors when the server is away.
    """
    config = tortoise_config(dsn).to_dict()
    guard = await asyncpg.connect(dsn)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await Tortoise.init(config=config, init_connections=False)
        try:
            executor, plan = await _pending(config)
            names = [str(step.migration.name) for step in plan]
            if names:
                await executor.migrate(None)
            return names
        finally:
            await Tortoise.close_connections()
    finally:
        await guard.close()


async def is_at_head(dsn: str) -> bool:
    """
    Whether every migration of this release is applied.
    """
    config = tortoise_config(dsn).to_dict()
    await Tortoise.init(config=config, init_connections=False)
    try:
        _, plan = await _pending(config)
        return not plan
    finally:
        await Tortoise.close_connections()
