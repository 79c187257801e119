"""
`gateway`: the operator's command line.
"""

import asyncio
import os
import sys

from gateway.config import BadSetting, Settings
from gateway.storage.schema import migrate

_USAGE = "usage: gateway migrate    bring the database of DATABASE_URL to this release's schema\n"


def main() -> None:
    """
    Run one command; exit status 2 for a command or setting that cannot be used.
    """
    if sys.argv[1:] != ["migrate"]:
        sys.stderr.write(_USAGE)
        raise SystemExit(2)
    try:
        settings = Settings.from_env(os.environ, process="cli", pid=os.getpid())
    except BadSetting as error:
        sys.stderr.write(f"gateway: {error}\n")
        raise SystemExit(2) from error
    applied = asyncio.run(migrate(settings.database_url))
    sys.stdout.write(f"applied: {', '.join(applied) or 'nothing, already at head'}\n")


if __name__ == "__main__":
    main()
