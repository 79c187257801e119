"""
Pages over answers of every kind: full, empty, missing, broken.
"""

import httpx
import pytest

from tests.unit.dashboard.fake_parties import page_of, text_of, visitor

HOSTILE = "<img src=x onerror=alert(1)>"
AT = "2026-01-01T00:00:00.000000Z"
EVERY_PAGE = (
    "/dashboard", "/dashboard/transactions", "/dashboard/orders", "/dashboard/refunds", "/dashboard/events", "/dashboard/webhooks", "/dashboard/requests",
    "/dashboard/queues", "/dashboard/ledger", "/dashboard/reconciliation", "/dashboard/bank", "/dashboard/clock", "/dashboard/conformance", "/dashboard/docs",
)  # fmt: skip


@pytest.mark.parametrize("path", EVERY_PAGE)
async def test_an_older_gateway_and_no_data_is_a_designed_page(path: str) -> None:
    """
    Nothing is there yet and half of the sources are missing: the page says so and stands.
    """
    async with visitor() as client:
        text = await text_of(client, path)

    assert "<h1>" in text
    assert "None" not in text.replace("None is", "").replace("None yet", "").replace("None.", "")


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/requests", "/dashboard/queues", "/dashboard/ledger"])  # fmt: skip
async def test_what_is_missing_is_said_plainly(path: str) -> None:
    """
    With the word that can be searched for.
    """
    async with visitor() as client:
        text = await text_of(client, path)

    assert 'data-test-id="unavailable"' in text
    assert "does not offer" in text


async def test_a_gateway_that_is_away_is_one_clear_page() -> None:
    """
    502, a way to try again, and no traceback.
    """
    async with visitor({"/api/v1/orders": httpx.ConnectError("refused")}) as client:
        text = await text_of(client, "/dashboard/orders", 502)

    assert "The gateway is away" in text
    assert 'href="/dashboard/orders"' in text


async def test_totals_and_charts() -> None:
    """
    Volume by currency, rate of what is decided, a chart with its numbers.
    """
    statistics = {
        "totals": {"payments": 1_234, "success": 90, "failed": 10, "pending": 0, "volume": [{"currency": "INR", "amount": 5_000_050, "refunded": 100, "count": 90}]},
        "buckets": [{"at": AT, "payments": 3, "success": 2, "failed": 1, "attempts": 4, "attempt_failures": 2, "latency_ms": {"p50": 40, "p95": 80, "p99": 90}}],
    }  # fmt: skip
    async with visitor({"/api/v1/statistics": statistics}) as client:
        text = await text_of(client, "/dashboard")
        hooks = await text_of(client, "/dashboard/webhooks")

    assert 'data-test-id="total-transactions">1,234<' in text
    assert 'data-test-id="total-amount">₹50,000.50<' in text
    assert 'data-test-id="success-rate">90.0%<' in text
    assert all(f'data-test-id="chart-{key}"' in text for key in ("payments", "rate", "latency", "deliveries"))  # fmt: skip
    assert "01 Jan 00:00: 2 succeeded" in text
    assert "4 attempts, 2 failed (50.0%)" in hooks
    assert "style=" not in text


async def test_request_log() -> None:
    """
    Method, path, status, id; both bodies as text.
    """
    row = {
        "id": "1", "request_id": "req_1", "at": AT, "method": "POST", "path": "/api/v1/payments", "status": 400, "duration_ms": 3.5, "entity_id": "pay_1",
        "idempotency_key": HOSTILE, "error_code": "INVALID_VPA", "request_body": '{"vpa":"<img src=x>"}', "response_body": "{}",
    }  # fmt: skip
    answers = {"/api/v1/request-log": page_of(row), "/api/v1/request-log/req_1": row}
    async with visitor(answers) as client:
        listed = await text_of(client, "/dashboard/requests?status=4xx")
        text = await text_of(client, "/dashboard/requests?q=req_1")
        unknown = await text_of(client, "/dashboard/requests?q=req_2")

    assert 'id="request-req_1"><summary' in listed
    assert 'id="request-req_1" open' in text
    assert "No request fits." in unknown
    assert "INVALID_VPA" in text
    assert "<img" not in text
    assert "&#34;vpa&#34;: &#34;&lt;img src=x&gt;&#34;" in text


async def test_queues() -> None:
    """
    Counts, a silent worker, a parked job that can be run.
    """
    job = {"id": "payment:pay_1", "kind": "payment", "entity_id": "pay_1", "state": "parked", "due_at": AT, "attempts": 9, "crashes": 3, "lease_owner": None, "finished_at": None}  # fmt: skip
    worker = {"worker_id": "w-1", "started_at": AT, "seen_at": AT, "alive": False}
    answers = {"/api/v1/jobs": page_of(job), "/api/v1/workers": {"data": [worker]}}
    async with visitor(answers) as client:
        text = await text_of(client, "/dashboard/queues?state=parked")

    assert 'action="/dashboard/queues/payment/pay_1/retry"' in text
    assert "silent" in text


async def test_ledger_and_reconciliation() -> None:
    """
    Debit first, and credit in a column of its own; a difference is called one.
    """
    entries = [
        {"account": "merchant_payable", "amount": -500, "currency": "INR"},
        {"account": "bank_receivable", "amount": 500, "currency": "INR"},
    ]
    answers = {
        "/api/v1/ledger": page_of({"id": 1, "kind": "sale", "entity_id": "pay_1", "payment_id": "pay_1", "at": AT, "entries": entries}),
        "/api/v1/ledger/balances": {"data": [{"account": "bank_receivable", "currency": "INR", "balance": 500}]},
        "/control/entries": {"entries": [{"kind": "debit", "amount": 400, "currency": "INR"}]},
    }  # fmt: skip
    async with visitor(answers) as client:
        book = await text_of(client, "/dashboard/ledger")
        both = await text_of(client, "/dashboard/reconciliation")

    assert book.index("bank_receivable</td><td") < book.index("merchant_payable</td><td")
    assert '<td class="number">₹5.00</td><td class="number"></td>' in book
    assert '<td class="number"></td><td class="number">₹5.00</td>' in book
    assert "₹1.00" in both
    assert "differs" in both


async def test_reconciliation_of_a_day_names_each_line() -> None:
    """
    Both sides' amounts, nothing where a side has nothing, and what is wrong in words; a day that agrees says so.
    """
    lines = [
        {"class": "missing_at_bank", "request_id": "pay_1", "kind": "debit", "ours": 500, "bank": None, "currency": "INR"},
        {"class": "duplicate", "request_id": "rfnd_1", "kind": "credit", "ours": 100, "bank": 200, "currency": "INR"},
    ]  # fmt: skip
    path = "/api/v1/ledger/reconciliation"
    wrong = {path: {"date": "2026-01-01", "agrees": False, "mismatches": lines}}
    right = {path: {"date": "2026-01-01", "agrees": True, "mismatches": []}}
    async with visitor(wrong) as client:
        differs = await text_of(client, "/dashboard/reconciliation?date=2026-01-01")
    async with visitor(right) as client:
        agrees = await text_of(client, "/dashboard/reconciliation")

    assert (
        'pay_1</code></a></td><td>debit</td><td class="number">₹5.00</td><td class="number">–</td>'
        in differs
    )
    assert "The bank has it more than once" in differs
    assert "Every line of 2026-01-01 stands in both books." in agrees


async def test_read_only_refuses_every_write_and_disables_every_button() -> None:
    """
    Whatever the form; logging out and light or dark still work.
    """
    async with visitor(environ={"DASHBOARD_READ_ONLY": "true"}) as client:
        refused = [
            (await client.post(path, form={"csrf": "token"})).status_code
            for path in (
                "/dashboard/webhooks/save",
                "/dashboard/webhooks/retry",
                "/dashboard/bank/outcome",
                "/dashboard/bank/faults/set",
                "/dashboard/clock/mode",
                "/dashboard/payments/pay_1/refund",
            )
        ]
        page = await text_of(client, "/dashboard/webhooks")
        theme = await client.post("/dashboard/theme", form={"csrf": "token", "theme": "dark"})
        out = await client.post("/logout", form={"csrf": "token"})

    assert set(refused) == {403}
    assert 'data-test-id="save-webhook-button" disabled' in page
    assert (theme.status_code, out.status_code) == (302, 302)


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example", "/dashboard\\@evil", "/dashboard\n/x", "/other"],
)
async def test_forms_lead_back_to_our_own_pages_only(back: str) -> None:
    """
    No open redirect.
    """
    async with visitor() as client:
        answer = await client.post("/dashboard/theme", form={"csrf": "token", "theme": "dark", "back": back})  # fmt: skip

    assert answer.headers["Location"] == "/dashboard"


async def test_csv_is_streamed_and_harmless() -> None:
    """
    A receipt that is a formula is text in the file.
    """
    row = {"id": "order_1", "amount": 12_050, "currency": "INR", "receipt": '=HYPERLINK("http://evil")', "status": "paid", "created_at": AT}  # fmt: skip
    async with visitor({"/api/v1/orders": page_of(row)}) as client:
        answer = await client.get("/dashboard/export/orders.csv")
        text = await answer.get_data(as_text=True)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
    assert text.splitlines() == [
        "id,amount,amount_minor,currency,receipt,status,created_at",
        'order_1,120.50,12050,INR,"\'=HYPERLINK(""http://evil"")",paid,2026-01-01T00:00:00.000000Z',
    ]


async def test_headers_of_every_page() -> None:
    """
    Nothing inline, no framing, nothing kept; what is static may be kept.
    """
    async with visitor() as client:
        page = await client.get("/dashboard")
        sheet = await client.get("/static/dashboard.css")
        script = await client.get("/static/dashboard.js")
    policy = page.headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert (sheet.status_code, script.status_code) == (200, 200)
    assert "max-age" in sheet.headers["Cache-Control"]


async def test_failed_logins_are_limited() -> None:
    """
    The third within a minute is 429 with Retry-After, a right one too, until time has passed.
    """
    async with visitor(environ={"DASHBOARD_LOGINS_PER_MINUTE": "2"}) as client:
        wrong = {"csrf": "token", "email": "who@example.com", "password": "x"}
        codes = [(await client.post("/login", form=wrong)).status_code for _ in range(2)]
        third = await client.post("/login", form={**wrong, "email": "test@example.com"})

    assert codes == [302, 302]
    assert third.status_code == 429
    assert 0 < int(third.headers["Retry-After"]) <= 31


@pytest.mark.parametrize(("password", "place"), [("right", "/dashboard"), ("wrong", "/login")])
async def test_a_password_can_be_demanded(password: str, place: str) -> None:
    """
    DASHBOARD_PASSWORD ends "any password".
    """
    async with visitor(environ={"DASHBOARD_PASSWORD": "right"}) as client:
        form = {"csrf": "token", "email": "test@example.com", "password": password}
        answer = await client.post("/login", form=form)

    assert answer.headers["Location"] == place


async def test_a_login_begins_a_session_of_its_own() -> None:
    """
    The token of before is worth nothing afterwards.
    """
    async with visitor() as client:
        form = {"csrf": "token", "email": "test@example.com", "password": "x"}
        answer = await client.post("/login", form=form)
        stale = await client.post("/dashboard/theme", form={"csrf": "token", "theme": "dark"})
    cookie = answer.headers["Set-Cookie"]

    assert stale.status_code == 403
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("path", ["/dashboard/payments/%2e%2e%2e", "/dashboard/events/..."])
async def test_an_id_of_dots_is_not_found(path: str) -> None:
    """
    It would climb in the gateway's paths.
    """
    async with visitor() as client:
        assert "Not found" in await text_of(client, path, 404)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("pay_AAAAAAAAAAAAAAAA", "/dashboard/payments/pay_AAAAAAAAAAAAAAAA"),
        ("550e8400-e29b-41d4-a716-446655440000", "/dashboard/webhooks/550e8400-e29b-41d4-a716-446655440000"),
        ("req_1", "/dashboard/requests?q=req_1"),
        ("pgc-ref-003", "/dashboard/conformance/runs/latest/PGC-REF-003"),
        ("evt_1", "/dashboard/events/evt_1"),
    ],
)  # fmt: skip
async def test_search_by_the_form_of_an_id(text: str, place: str) -> None:
    """
    Straight to its page.
    """
    async with visitor() as client:
        answer = await client.get("/dashboard/search", query_string={"q": text})

    assert answer.headers["Location"] == place
