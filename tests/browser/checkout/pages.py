"""
Pages around the checkout: a merchant's under a strict CSP, a hostile one, and a bank's challenge.
"""

from html import escape

from quart import Quart, Response, request

MERCHANT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="{checkout}/checkout.js" crossorigin="anonymous"></script>
<script src="/merchant.js" defer></script></head>
<body><h1>Shop</h1><p><a href="#above" id="above">A link</a></p>
<button type="button" id="buy">Buy</button><p class="modal-content">A merchant's own box</p>
<p><a href="#below" id="below">Another link</a></p></body></html>"""

SCRIPT = """
window.log = [];
const note = (name) => (value) => window.log.push([name, value instanceof Error ? {...value, message: value.message} : value]);
window.start = (orderId, options = {}) => {
  window.checkout = new PaymentGateway({ key: "key_test_merchant", orderId,
    onSuccess: note("success"), onFailure: note("failure"), onClose: note("close"), onReady: note("ready"), onError: note("error"), ...options });
  window.checkout.open();
};
window.heard = [];
window.addEventListener("message", (event) => window.heard.push({ origin: event.origin, data: event.data }));
document.getElementById("buy").addEventListener("click", () => window.start(window.orderId, window.options));
"""

#: A merchant without our script: the contract's text, as hundreds have written it.
LITERAL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Own script</title></head><body><script>
window.heard = [];
window.addEventListener("message", (event) => window.heard.push({ origin: event.origin, data: event.data }));
const frame = document.createElement("iframe");
frame.src = new URLSearchParams(location.search).get("src"); frame.width = 460; frame.height = 640; frame.title = "Pay";
document.body.append(frame);
</script></body></html>"""

EVIL = """<!doctype html><html lang="en"><head><title>Evil</title></head><body><script>
window.heard = [];
window.addEventListener("message", (event) => window.heard.push({ origin: event.origin, data: event.data }));
</script></body></html>"""

#: Where the bank leads back to: `to` in the address.
BANK = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Your bank</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Your bank</h1><p>Is it you?</p><form action="/bank/done" method="post">
<input type="hidden" name="to" value="{to}"><button>Yes, it is me</button></form></main></body></html>"""

#: What docs/checkout.md tells merchants to send.
STRICT_CSP = (
    "default-src 'none'; script-src 'self' {checkout}; frame-src {checkout} {others}; style-src 'none'; connect-src {checkout}; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def pages_app(checkout: str, others: str) -> Quart:
    """
    Every page on every host that the app is served on; which origin it is depends on the port.
    """
    app = Quart("pages")

    def html(text: str) -> Response:
        return Response(text, 200, content_type="text/html; charset=utf-8")

    @app.get("/merchant")
    async def merchant() -> Response:
        response = html(MERCHANT.format(checkout=checkout))
        if request.args.get("csp") != "none":
            response.headers["Content-Security-Policy"] = STRICT_CSP.format(
                checkout=checkout, others=others
            )
        return response

    @app.get("/merchant.js")
    async def script() -> Response:
        return Response(SCRIPT, 200, content_type="text/javascript")

    @app.get("/literal")
    async def literal() -> Response:
        return html(LITERAL)

    @app.get("/checkout")
    @app.get("/evil")
    async def evil() -> Response:
        return html(EVIL)

    @app.get("/bank")
    async def bank() -> Response:
        return html(BANK.format(to=escape(request.args.get("to", "/hang"))))

    @app.post("/bank/done")
    async def done() -> Response:
        return Response("", 303, {"Location": (await request.form)["to"]})

    @app.get("/hang")
    async def nothing() -> Response:
        return Response("", 204)

    return app
