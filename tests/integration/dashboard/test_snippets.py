"""
The snippets of the docs page run as they stand.
"""

import base64
import html
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.merchant import open_merchant, wait_until


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hosted(new_sandbox: SandboxFactory) -> AsyncIterator[Sandbox]:
    """
    A sandbox with the dashboard.
    """
    async with new_sandbox(parties=("bank", "receiver", "api", "worker", "dashboard")) as sandbox:
        yield sandbox


async def _snippet(hosted: Sandbox, hook: str) -> str:
    """
    The text between the tags, as a person copies it.
    """
    async with httpx.AsyncClient(
        base_url=hosted.urls.dashboard, follow_redirects=True, trust_env=False
    ) as client:
        page = await client.get("/login")
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found is not None
        form = {"csrf": found.group(1), "email": "test@example.com", "password": "x"}
        await client.post("/login", data=form)
        masked = (await client.get("/dashboard/docs")).text
        text = (await client.get("/dashboard/docs?secret=1")).text
    assert "secret_test_xyz789" not in masked
    snippet = re.search(rf'data-test-id="{hook}"[^>]*><code>(.*?)</code>', text, re.DOTALL)
    assert snippet is not None
    return html.unescape(snippet.group(1))


async def test_create_order_snippet(hosted: Sandbox) -> None:
    """
    The command of the page, in a shell, makes an order.
    """
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = await _snippet(hosted, "code-snippet-create-order")

    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True, timeout=30
    )

    assert json.loads(done.stdout)["id"].startswith("order_")
    assert json.loads(done.stdout)["amount"] == 50_000


async def test_webhook_verification_snippet(hosted: Sandbox) -> None:
    """
    In Node: a delivered webhook is genuine, one with a changed byte or a short signature is not.
    """
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    snippet = await _snippet(hosted, "code-snippet-webhook")
    async with open_merchant(hosted) as seller:
        await seller.paid()

        async def arrived() -> dict[str, object] | None:
            found = await seller.received(event="payment.success")
            return found[0] if found else None

        delivery = await wait_until(arrived)
    body = base64.b64decode(str(delivery["body_base64"]))
    headers = dict(delivery["headers"])  # type: ignore[call-overload]
    signature = headers["X-Webhook-Signature"]
    program = f"""{snippet}
const body = Buffer.from({json.dumps(base64.b64encode(body).decode())}, 'base64');
const changed = Buffer.from(body); changed[3] ^= 1;
console.log(JSON.stringify([
  verifyWebhook(body, {json.dumps(signature)}, 'whsec_test_abc123'),
  verifyWebhook(changed, {json.dumps(signature)}, 'whsec_test_abc123'),
  verifyWebhook(body, {json.dumps(signature[:10])}, 'whsec_test_abc123'),
  verifyWebhook(body, {json.dumps(signature)}, 'whsec_other'),
]));"""

    done = subprocess.run(
        ["node", "-e", program], capture_output=True, text=True, check=True, timeout=30
    )

    assert json.loads(done.stdout) == [True, False, False, False]
