"""
Tortoise models: the read side (lists, look-ups for people).  Writes that move money or state are SQL in the repositories beside this file.
"""

from tortoise import fields
from tortoise.models import Model


class OrderRow(Model):
    """
    One row per order.
    """

    id = fields.CharField(max_length=64, primary_key=True)
    merchant_id = fields.UUIDField()
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    receipt = fields.CharField(max_length=255, null=True)
    notes: object = fields.JSONField(null=True)
    status = fields.CharField(max_length=20)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        """
        The table.
        """

        table = "orders"


class RefundRow(Model):
    """
    One row per refund.
    """

    id = fields.CharField(max_length=64, primary_key=True)
    payment_id = fields.CharField(max_length=64)
    merchant_id = fields.UUIDField()
    amount = fields.BigIntField()
    reason = fields.TextField(null=True)
    status = fields.CharField(max_length=20)
    created_at = fields.DatetimeField()
    processed_at = fields.DatetimeField(null=True)

    class Meta:
        """
        The table.
        """

        table = "refunds"


class WebhookLogRow(Model):
    """
    One row per event and endpoint.
    """

    id = fields.UUIDField(primary_key=True)
    merchant_id = fields.UUIDField()
    event = fields.CharField(max_length=50)
    status = fields.CharField(max_length=20)
    attempts = fields.IntField()
    last_attempt_at = fields.DatetimeField(null=True)
    next_retry_at = fields.DatetimeField(null=True)
    response_code = fields.IntField(null=True)
    response_body = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    event_id = fields.CharField(max_length=64)
    entity_id = fields.CharField(max_length=64)
    generation = fields.IntField()
    sequence = fields.BigIntField()

    class Meta:
        """
        The table.
        """

        table = "webhook_logs"


class PaymentRow(Model):
    """
    One row per payment; only what lists filter by.
    """

    id = fields.CharField(max_length=64, primary_key=True)
    order_id = fields.CharField(max_length=64)
    merchant_id = fields.UUIDField()
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    status = fields.CharField(max_length=20)
    method = fields.CharField(max_length=20)
    created_at = fields.DatetimeField()

    class Meta:
        """
        The table.
        """

        table = "payments"


class AttemptRow(Model):
    """
    One row per HTTP request of a delivery.
    """

    log_id = fields.UUIDField(primary_key=True)
    generation = fields.IntField()
    number = fields.IntField()
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    url = fields.TextField()
    status = fields.IntField(null=True)
    error_class = fields.CharField(max_length=48, null=True)
    latency_ms = fields.IntField(null=True)
    response_body = fields.TextField(null=True)
    request_headers: object = fields.JSONField(null=True)

    class Meta:
        """
        The table.
        """

        table = "webhook_attempts"


class EventRow(Model):
    """
    One row per announced fact.
    """

    id = fields.CharField(max_length=64, primary_key=True)
    merchant_id = fields.UUIDField()
    type = fields.CharField(max_length=50)
    entity_id = fields.CharField(max_length=64)
    data: object = fields.JSONField()
    created_at = fields.DatetimeField()
    sequence = fields.BigIntField()

    class Meta:
        """
        The table.
        """

        table = "events"
