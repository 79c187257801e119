"""
Retry of many deliveries at once.
"""

from collections.abc import Mapping

from dashboard.gateway import Gateway


async def count_deliveries(gateway: Gateway, filters: Mapping[str, str]) -> int:
    """
    How many deliveries fit.
    """
    answer = await gateway.retry_webhooks(**filters, dry_run=True)
    return int(answer["count"])


async def retry_all(gateway: Gateway, filters: Mapping[str, str]) -> int:
    """
    Retry what fits; how many were scheduled.
    """
    answer = await gateway.retry_webhooks(**filters, dry_run=False)
    return int(answer["scheduled"])
