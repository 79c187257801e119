"""
Who calls: authentication, and the test merchant's seed.
"""

import uuid
from typing import Final

from gateway.domain.errors import AuthenticationFailed, NotFound
from gateway.domain.merchant import Merchant, Principal
from gateway.domain.secrets_at_rest import TEST_SIGNING_SECRET
from gateway.services.context import Context
from gateway.storage import merchants
from gateway.storage.orders import merchant_of_order
from gateway.storage.test_clock import read_clock

#: The contract's test merchant (contract 1.2).
TEST_MERCHANT_ID: Final = uuid.UUID("550e8400-e29b-41d4-a716-446655440000")
TEST_WEBHOOK_SECRET: Final = "whsec_test_abc123"  # noqa: S105  published by the contract
#: A second merchant in test mode, so that isolation can be graded.
OTHER_MERCHANT_ID: Final = uuid.UUID("3f0f7a52-5b0e-4c1f-9d53-6a1f2f7f8c11")
OTHER_CREDENTIALS: Final = ("key_test_other789", "secret_test_other012")
OTHER_WEBHOOK_SECRET: Final = "whsec_test_other456"  # noqa: S105  published in the README
_CREDENTIAL_LENGTH_MAX: Final = 256


async def authenticate(context: Context, keys: list[str], secrets: list[str]) -> Principal:
    """
    The merchant of the header values, with the request's business time.  Raises `AuthenticationFailed`, the same for every cause.
    """
    if len(keys) != 1 or len(secrets) != 1:
        raise AuthenticationFailed
    key, secret = keys[0], secrets[0]
    if not key.isascii() or max(len(key), len(secret)) > _CREDENTIAL_LENGTH_MAX or "\x00" in key:
        raise AuthenticationFailed
    found = await merchants.find_by_api_key(context.database, key)
    if not context.secrets.matches(secret, None if found is None else found[1]) or found is None:
        raise AuthenticationFailed
    return Principal(merchant=found[0], now=found[2])


async def principal_of_order(context: Context, order_id: str) -> Principal:
    """
    The merchant that a public request about this order acts for.  Raises `NotFound`.
    """
    merchant = await merchant_of_order(context.database, order_id)
    if merchant is None:
        raise NotFound("Order not found")
    clock = await read_clock(context.database)
    return Principal(merchant=merchant, now=clock.now)


async def seed_test_merchant(
    context: Context, *, email: str, api_key: str, api_secret: str
) -> bool:
    """
    Create the contract's test merchant unless it exists; True when it was created.
    """
    return await merchants.seed_merchant(
        context.database,
        _new_merchant(
            context,
            id_=TEST_MERCHANT_ID,
            name="Test Merchant",
            email=email,
            credentials=(api_key, api_secret),
            webhook_secret=TEST_WEBHOOK_SECRET,
        ),
    )


async def seed_other_merchant(context: Context) -> bool:
    """
    Create a second merchant for tests of isolation, with published credentials, unless it exists; True when it was created.
    """
    return await merchants.seed_merchant(
        context.database,
        _new_merchant(
            context,
            id_=OTHER_MERCHANT_ID,
            name="Other Test Merchant",
            email="other@example.com",
            credentials=OTHER_CREDENTIALS,
            webhook_secret=OTHER_WEBHOOK_SECRET,
        ),
    )


def _new_merchant(
    context: Context,
    *,
    id_: uuid.UUID,
    name: str,
    email: str,
    credentials: tuple[str, str],
    webhook_secret: str,
) -> merchants.NewMerchant:
    owner = str(id_)
    return merchants.NewMerchant(
        id=id_,
        name=name,
        email=email,
        api_key=credentials[0],
        api_secret=credentials[1],
        api_secret_hash=context.secrets.hash_secret(credentials[1]),
        webhook_secret=webhook_secret,
        webhook_secret_ciphertext=context.secrets.encrypt(
            webhook_secret, owner=owner, nonce=context.rng.secret(12)
        ),
        signing_secret_ciphertext=context.secrets.encrypt(
            TEST_SIGNING_SECRET, owner=owner, nonce=context.rng.secret(12)
        ),
        keeps_plain_secrets=id_ == TEST_MERCHANT_ID,
    )


async def get_test_merchant(context: Context) -> Merchant:
    """
    The seeded test merchant.  Raises `NotFound`.
    """
    merchant = await merchants.find_merchant(context.database, TEST_MERCHANT_ID)
    if merchant is None:
        raise NotFound("Test merchant not found")
    return merchant
