"""
The page about scenarios is as the code says.
"""

from simulator.control.document import PAGE, page


def test_page_is_current() -> None:
    """
    Otherwise: `make requirements`.
    """
    assert PAGE.read_text("utf-8") == page()
