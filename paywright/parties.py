"""
The processes of the sandbox: what they are called, what starts them, where they listen, what they are told.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """
    One process.  `port` is the contract's (None: it does not listen); `health_path` answers 200 when it is ready.
    """

    name: str
    module: str
    port: int | None
    health_path: str = "/health"
    is_gateway: bool = False

    @property
    def is_installed(self) -> bool:
        """
        Whether the module exists; looked up without importing it.
        """
        try:
            return importlib.util.find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False


#: Source of the ports: contract 1.1.
PARTIES: Final = (
    Party(name="bank", module="simulator.app", port=9000),
    Party(name="receiver", module="merchant_receiver.app", port=4000),
    Party(name="api", module="gateway.app", port=8000, is_gateway=True),
    Party(name="worker", module="gateway.worker", port=None, is_gateway=True),
    Party(name="checkout", module="sdk.checkout.app", port=3001),
    Party(name="dashboard", module="dashboard.app", port=3000),
)

#: Published test credentials (contract 1.2) and the derived Standard Webhooks secret.
TEST_CREDENTIALS: Final = {
    "api_key": "key_test_abc123",
    "api_secret": "secret_test_xyz789",
    "webhook_secret": "whsec_test_abc123",
    "signing_secret": "whsec_wnU/dTajsA5waseqSk+21RJpQ+u/X1/LJFXAXQIpG3I=",
}


def port_variable(party: Party) -> str:
    """
    The environment variable that moves the party to another port.
    """
    return f"PAYWRIGHT_{party.name.upper()}_PORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """
    Where everything is.
    """

    api: str
    bank: str
    receiver: str
    checkout: str
    dashboard: str
    database: str
    redis: str

    @classmethod
    def of(cls, ports: Mapping[str, int], *, host: str, database: str, redis: str) -> "Urls":
        """
        Build the addresses from the chosen ports.
        """
        at = {name: f"http://{host}:{port}" for name, port in ports.items()}
        return cls(
            api=at["api"],
            bank=at["bank"],
            receiver=at["receiver"],
            checkout=at["checkout"],
            dashboard=at["dashboard"],
            database=database,
            redis=redis,
        )


def environment(
    party: Party,
    urls: Urls,
    *,
    state: Path,
    secrets_key: str,
    port: int | None,
    host: str,
    given: Mapping[str, str],
    extra: Mapping[str, str],
) -> dict[str, str]:
    """
    What the party is told.  Precedence: `extra` (tests, options), then the user's environment, then the sandbox's defaults.
    """
    defaults = {
        "HOST": host,
        "DATABASE_URL": urls.database,
        "REDIS_URL": urls.redis,
        "API_URL": urls.api,
        "PUBLIC_URL": urls.api,
        "BANK_URL": urls.bank,
        "RECEIVER_URL": urls.receiver,
        "CHECKOUT_URL": urls.checkout,
        "DASHBOARD_URL": urls.dashboard,
        "BANK_API_KEY": "bank_test_key",
        "BANK_CALLBACK_SECRET": "bank_callback_test_secret",
        "TEST_MODE": "true",
        "WEBHOOK_RETRY_INTERVALS_TEST": "true",
        "WEBHOOK_EGRESS": "sandbox",
        "WEBHOOK_SECRET": TEST_CREDENTIALS["webhook_secret"],
        "SIGNING_SECRET": TEST_CREDENTIALS["signing_secret"],
        "TEST_CLOCK_FOLLOWERS": f"{urls.bank}/control/clock,{urls.receiver}/clock",
        "PYTHONUNBUFFERED": "1",
    }
    told = {**defaults, **given, **extra}
    if told["TEST_MODE"] != "true":
        # In test mode the gateway's published key serves, so that a database can move between state folders.
        told.setdefault("SECRETS_KEY", secrets_key)
    told["DATABASE_URL"], told["REDIS_URL"] = urls.database, urls.redis
    told["STATE_DIR"] = str(state / party.name)
    if port is not None:
        told["PORT"] = str(port)
    return told
