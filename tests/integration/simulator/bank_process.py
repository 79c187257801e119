"""
A bank as a process of its own, for tests of its wire.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from paywright.launching import free_port
from tests.merchant import wait_until

KEY = {"X-Bank-Key": "bank_test_key"}


class BankProcess:
    """
    A bank process with its own file.
    """

    def __init__(self, folder: Path, **environ: str) -> None:
        self.port = free_port()
        self._environ = {
            **os.environ, "PORT": str(self.port), "STATE_DIR": str(folder), "TEST_MODE": "true", "TEST_PROCESSING_DELAY": "0",
            "REFUND_DELAY_MIN": "0", "REFUND_DELAY_MAX": "0", **environ,
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", headers=KEY, timeout=10, trust_env=False
        )

    async def start(self) -> None:
        """
        Start and wait for the first answer.
        """
        self.process = subprocess.Popen([sys.executable, "-m", "simulator.app"], env=self._environ)

        async def up() -> bool | None:
            try:
                return (await self.http.get("/health")).is_success or None
            except httpx.TransportError:
                return None

        try:
            await wait_until(up, within_s=30, what="the bank's first answer")
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """
        SIGKILL.
        """
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    async def authorise(self, request_id: str, **fields: Any) -> dict[str, Any]:
        """
        A sale over 500.00 by UPI, unless told otherwise.
        """
        headers = fields.pop("headers", {})
        body = {
            "request_id": request_id, "amount": 50_000, "currency": "INR", "instrument": {"type": "upi", "vpa": "payer@bank"}, "capture": True,
            "order_reference": "o", "payment_reference": f"p-{request_id}", **fields,
        }  # fmt: skip
        answer = await self.http.post("/v1/authorisations", json=body, headers=headers)
        document: dict[str, Any] = {"http": answer.status_code, **answer.json()}
        return document

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """
        Any other operation.
        """
        answer = await self.http.post(path, json=body)
        document: dict[str, Any] = {"http": answer.status_code, **answer.json()}
        return document

    async def entries(self) -> list[dict[str, Any]]:
        """
        The book.
        """
        found: list[dict[str, Any]] = (await self.http.get("/control/entries")).json()["entries"]
        return found
