"""
docker-compose.yml agrees with the code: commands, variables, ports, the contract's names.
"""

import importlib.util
import re
from typing import Any

import pytest
import yaml

from paywright.parties import PARTIES, TEST_CREDENTIALS, Urls, environment
from tests.tidy.rules import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if "command" in service}
#: Source: contract 1.1.
NAMES = {
    "dashboard": "gateway_dashboard",
    "checkout": "gateway_checkout",
    "redis": "redis_gateway",
    "api": "gateway_api",
    "worker": "gateway_worker",
    "postgres": "pg_gateway",
}


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    """
    Every command is a module of the product.
    """
    python, flag, module = OURS[name]["command"]

    assert (python, flag) == ("python", "-m")
    assert importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("name", OURS)
def test_variables_are_read_by_the_code(name: str) -> None:
    """
    A variable that no config.py names would be a lie.
    """
    package = OURS[name]["command"][2].rpartition(".")[0].replace(".", "/")
    source = (ROOT / package / "config.py").read_text("utf-8")

    unread = [variable for variable in OURS[name]["environment"] if f'"{variable}"' not in source]

    assert not unread


@pytest.mark.parametrize("name", [name for name in OURS if name != "worker"])
def test_ports_are_the_contracts(name: str) -> None:
    """
    The published port, the PORT variable and the sandbox's table are one number.
    """
    port = next(party.port for party in PARTIES if party.name == name)
    inside = [published.rpartition(":")[2] for published in OURS[name]["ports"]]

    assert inside == [str(port)] == [OURS[name]["environment"]["PORT"]]


def test_names_and_health_checks_are_the_contracts() -> None:
    """
    Container names, and Redis's literal health check.
    """
    services = COMPOSE["services"]

    assert {name: services[name]["container_name"] for name in NAMES} == NAMES
    assert services["redis"]["image"] == "redis:7-alpine"
    assert services["redis"]["healthcheck"] == {
        "test": ["CMD", "redis-cli", "ping"],
        "interval": "10s",
        "timeout": "3s",
        "retries": 5,
    }
    assert {"postgres", "redis", "api"} <= set(services["worker"]["depends_on"])


def test_every_folder_is_in_the_image() -> None:
    """
    The Dockerfile copies every package that the wheel holds.
    """
    copied = set(
        re.findall(r"^COPY (\w+) ", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    )

    assert {
        "gateway",
        "simulator",
        "conformance",
        "merchant_receiver",
        "sdk",
        "dashboard",
        "paywright",
    } <= copied


def test_users_environment_wins_over_defaults_and_servers_stay_ours() -> None:
    """
    Precedence of what a party is told.
    """
    ports = {party.name: party.port for party in PARTIES if party.port}
    urls = Urls.of(ports, host="127.0.0.1", database="db", redis="r")
    told = environment(
        PARTIES[0], urls, state=ROOT, secrets_key="k", port=1, host="127.0.0.1",
        given={"TEST_MODE": "false", "TEST_SEED": "user", "DATABASE_URL": "theirs"}, extra={"TEST_SEED": "test"},
    )  # fmt: skip

    assert (told["TEST_MODE"], told["TEST_SEED"], told["DATABASE_URL"]) == ("false", "test", "db")
    assert told["WEBHOOK_SECRET"] == TEST_CREDENTIALS["webhook_secret"]
