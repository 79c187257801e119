"""
Runs, matrix, evidence, and the first divergence of two runs.
"""

import pytest
from playwright.async_api import Page, expect

pytestmark = pytest.mark.browser


async def test_matrix_leads_to_evidence(page: Page) -> None:
    """
    A failing cell opens the exchanges behind it, as text.
    """
    await page.goto("/dashboard/conformance")
    await expect(page.get_by_test_id("runs-table").locator("tbody tr")).to_have_count(2)
    await page.get_by_test_id("matrix").get_by_role("link", name="fail").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("PGC-REF-003")
    await expect(page.get_by_text("expected 400, found 201 <img src=x")).to_be_visible()
    await page.get_by_test_id("exchanges").locator("summary").nth(1).click()

    await expect(page.locator("details[open] pre").first).to_contain_text("[redacted]")


async def test_first_divergence_is_marked_once_and_where_it_is(page: Page) -> None:
    """
    Ids, ports and instants differ in both runs and do not count; the status of the second exchange does.
    """
    await page.goto("/dashboard/conformance")
    await page.get_by_test_id("diff-link").click()
    await expect(page.get_by_test_id("diff-summary")).to_contain_text("1 of 3 verdicts differ")
    first = page.get_by_test_id("first-divergence")
    await expect(first).to_have_count(1)

    assert await page.locator("details.step.differs").count() == 1
    await expect(page.locator("#step-2")).to_contain_text("first divergence")
    await expect(page.locator("tr.first-line")).to_contain_text("← 400")
    await expect(page.locator("tr.first-line")).to_contain_text("← 201")


async def test_same_runs_have_no_divergence(page: Page) -> None:
    """
    A run beside itself.
    """
    await page.goto("/dashboard/conformance/diff?left=good&right=good&requirement=PGC-ORD-001")

    await expect(page.get_by_text("All 3 verdicts are the same.")).to_be_visible()
    await expect(page.get_by_text("Both transcripts are the same.")).to_be_visible()


@pytest.mark.parametrize("name", ["..", "%2e%2e", "nothing", "good%2f..%2fmutant"])
async def test_nothing_outside_the_folder_is_read(page: Page, name: str) -> None:
    """
    Names are looked up, not joined.
    """
    answer = await page.goto(f"/dashboard/conformance/runs/{name}/PGC-ORD-001")

    assert answer is not None
    assert answer.status in (200, 404)
    await expect(page.get_by_test_id("exchanges")).to_have_count(0)
