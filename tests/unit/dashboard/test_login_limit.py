"""
Failed logins: as many as allowed, then a wait that ends.
"""

from dashboard.login_limit import LoginLimit


def test_failures_use_up_the_bucket_and_time_refills_it() -> None:
    """
    Two a minute: the third waits half a minute; another address does not.
    """
    now = [100.0]
    limit = LoginLimit(2, lambda: now[0])
    for _ in range(2):
        assert limit.wait_s("a") == 0
        limit.failed("a")

    assert limit.wait_s("a") == 30
    assert limit.wait_s("b") == 0
    now[0] += 30
    assert limit.wait_s("a") == 0


def test_looking_costs_nothing() -> None:
    """
    Only failures count.
    """
    limit = LoginLimit(1, lambda: 0.0)

    assert [limit.wait_s("a") for _ in range(5)] == [0] * 5
