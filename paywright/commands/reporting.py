"""
One line for each webhook that `paywright listen` sees.
"""

import asyncio
import sys
from typing import Any, Final

from paywright.commands.remote import document, printable
from paywright.forwarding import Forwarded
from sdk.python import clock, webhooks
from sdk.python.errors import GatewayError
from sdk.python.sync_client import SyncClient

_OK: Final = range(200, 300)


class Reporter:
    """
    Checks each webhook's signature with the merchant's own secrets and prints a line; colour on a terminal only.
    """

    def __init__(self, client: SyncClient, *, as_json: bool) -> None:
        from rich.console import Console

        self._client = client
        self._as_json = as_json
        self._console = Console(file=sys.stdout, highlight=False, soft_wrap=True)

    async def report(self, webhook: Forwarded) -> None:
        """
        Print it.
        """
        signature = await asyncio.to_thread(self._signature, webhook)
        if self._as_json:
            document({"type": "webhook", **_document(webhook), "signature": signature})
        else:
            self._print(webhook, signature)

    def _signature(self, webhook: Forwarded) -> str:
        """
        `valid`, or why not.  Secrets are read anew each time: they may have been replaced.
        """
        try:
            config = self._client.get_webhook_config()
            if config.webhook_secret is None and config.signing_secret is None:
                return "not checked: the merchant has no secrets"
            _verify(webhook, config.webhook_secret, config.signing_secret, now_s=None)
        except webhooks.TimestampOutside:
            return self._signature_by_test_clock(webhook)
        except webhooks.WebhookError as error:
            return str(error)
        except GatewayError as error:
            return f"not checked: {error}"
        return "valid"

    def _signature_by_test_clock(self, webhook: Forwarded) -> str:
        """
        The machine's time says it is too old; the gateway may live by a test clock.
        """
        try:
            config, now = self._client.get_webhook_config(), self._client.get_test_clock().now
            now_s = (now or clock.now()).timestamp()
            _verify(webhook, config.webhook_secret, config.signing_secret, now_s=now_s)
        except webhooks.WebhookError as error:
            return str(error)
        except GatewayError as error:
            return f"not checked: {error}"
        return "valid"

    def _print(self, webhook: Forwarded, signature: str) -> None:
        from rich.text import Text

        good = signature == "valid"
        answer = f"{webhook.status}" if webhook.status is not None else webhook.error or "printed"
        is_fine = webhook.status in _OK or not webhook.forwarded
        text = Text()
        text.append(clock.now().astimezone().strftime("%H:%M:%S"), style="dim")
        text.append(f"  {printable(webhook.event or 'no event'):<22}", style="bold")
        text.append(f" {printable(webhook.webhook_id or '-')}")
        text.append(f"  attempt {printable(webhook.attempt)}" if webhook.attempt else "")
        text.append(f"  signature {signature}", style="green" if good else "red")
        text.append(f"  → {answer}", style="green" if is_fine else "red")
        if webhook.forwarded:
            text.append(f" in {webhook.took_ms} ms", style="dim")
        self._console.print(text)


def _verify(
    webhook: Forwarded, webhook_secret: str | None, signing_secret: str | None, *, now_s: Any
) -> None:
    webhooks.verify(
        webhook.body,
        webhook.headers,
        webhook_secrets=[webhook_secret] if webhook_secret else [],
        signing_secrets=[signing_secret] if signing_secret else [],
        now_s=now_s,
    )


def _document(webhook: Forwarded) -> dict[str, Any]:
    return {
        "event": webhook.event,
        "webhook_id": webhook.webhook_id,
        "attempt": webhook.attempt,
        "forwarded": webhook.forwarded,
        "status": webhook.status,
        "error": webhook.error,
        "took_ms": webhook.took_ms,
    }
