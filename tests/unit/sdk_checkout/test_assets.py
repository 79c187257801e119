"""
What browsers load: names, hashes, sizes, freshness.
"""

import base64
import hashlib
import json
import re
from typing import Final

import pytest
from quart.typing import TestClientProtocol as Client

from sdk.checkout.app import FOLDER
from sdk.checkout.assets import VERSION, Assets
from sdk.checkout.build import minified, source_mark

#: Issue 6: 12 KB.  A kilobyte of 1000, so that nobody can read it otherwise.
_SIZE_BYTES_MAX: Final = 12_000
_SOURCE: Final = (FOLDER / "checkout.js").read_text("utf-8")
_SMALL: Final = (FOLDER / "checkout.min.js").read_text("utf-8")
#: PCI DSS 6.4.3: the inventory with a purpose each.  A new script is a decision, not an accident.
_SCRIPTS: Final = {
    "page/api.js": "The gateway's public endpoints.",
    "page/banks.js": "Banks of the net banking form",
    "page/card.js": "Card numbers and expiry dates",
    "page/fields.js": "The inputs of the three forms",
    "page/flow.js": "The life of one payment in the page",
    "page/frame.js": "Talks with the merchant's page around this frame",
    "page/main.js": "Entry point",
    "page/memory.js": "What a reload may remember",
    "page/money.js": "Amounts for people",
    "page/texts.js": "Everything the payer reads",
    "page/view.js": "Draws the states of the page",
}


def test_small_script_is_small() -> None:
    assert len(_SMALL.encode()) <= _SIZE_BYTES_MAX


def test_small_script_is_made_from_the_readable_one() -> None:
    assert f"| source {source_mark(_SOURCE)} */" in _SMALL.splitlines()[0]


def test_small_script_can_be_made_again() -> None:
    pytest.importorskip("minify", reason="needs tdewolff-minify")

    assert minified(_SOURCE) == _SMALL


def test_version_is_one() -> None:
    assert f'static version = "{VERSION}"' in _SOURCE
    assert _SOURCE.startswith(f"/*! paywright {VERSION} |")


async def test_published_integrity_is_that_of_the_served_bytes(client: Client) -> None:
    published = json.loads(await (await client.get("/sri.json")).get_data())

    assert sorted(published["files"]) == [
        "checkout.d.ts", "checkout.js", "checkout.mjs", "loader.mjs",
    ]  # fmt: skip
    for name, one in published["files"].items():
        immutable = await client.get(one["url"])
        stable = await client.get("/" + name)
        content = await immutable.get_data(as_text=False)
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert one["integrity"] == "sha384-" + digest
        assert one["bytes"] == len(content)
        assert await stable.get_data(as_text=False) == content
        assert hashlib.sha256(content).hexdigest()[:16] in one["url"]
        assert immutable.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_unchanged_file_costs_a_304(client: Client) -> None:
    first = await client.get("/checkout.js")
    again = await client.get("/checkout.js", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, await again.get_data()) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"


async def test_other_hashes_are_not_served(client: Client, assets: Assets) -> None:
    url = assets.sdk["checkout.js"].immutable_path
    wrong = url.replace(url[10:14], "0000")

    assert (await client.get(wrong)).status_code == 404
    assert (await client.get("/assets/0000000000000000/page/main.js")).status_code == 404
    assert (await client.get(f"/assets/{assets.digest}/../config.py")).status_code == 404


def test_inventory_is_the_golden_one(assets: Assets) -> None:
    pages = assets.inventory()["pages"]
    assert isinstance(pages, dict)

    names = {script["url"].split("/", 3)[3]: script["purpose"] for script in pages["/checkout"]}
    assert {name: text[: len(_SCRIPTS.get(name, ""))] for name, text in names.items()} == _SCRIPTS
    assert [script["url"].split("/", 3)[3] for script in pages["/checkout/return"]] == [
        "back/back.js"
    ]


def test_both_languages_have_the_same_words() -> None:
    texts = (FOLDER / "page" / "texts.js").read_text("utf-8")
    english, hindi = texts.split("  hi: {")
    keys = [re.findall(r"^    (\w+):", part, re.MULTILINE) for part in (english, hindi)]
    gaps = [
        [re.findall(r"\{\w+\}", line) for line in part.splitlines() if line.startswith("    ")]
        for part in (english, hindi)
    ]

    assert len(keys[0]) > 60
    assert keys[0] == keys[1]
    assert gaps[0] == gaps[1]
    used = "".join((FOLDER / "page" / name).read_text("utf-8") for name in ("view.js", "fields.js", "flow.js", "main.js", "checkout.html"))  # fmt: skip
    assert [key for key in keys[0] if f'"{key}"' not in used] == []


def test_types_name_every_option() -> None:
    types = (FOLDER / "checkout.d.ts").read_text("utf-8")
    options = set(re.findall(r'(?:own|text|callback)\(options, "(\w+)"', _SOURCE))
    modal = set(re.findall(r'own\(modal, "(\w+)"', _SOURCE))
    declared = types.split("interface PaymentGatewayOptions")[1].split("\n}")[0]

    assert len(options) >= 13
    assert set(re.findall(r"^  (\w+)\??:", declared, re.MULTILINE)) == options
    declared = types.split("interface ModalOptions")[1].split("\n}")[0]
    assert set(re.findall(r"^  (\w+)\??:", declared, re.MULTILINE)) == modal
