"""
Pages that have everything the cases ask for and nothing else.
"""


def elements(*ids: str) -> str:
    """
    A paragraph for each data-test-id.
    """
    return "".join(f'<p data-test-id="{name}">x</p>' for name in ids)


#: A hosted page that pays without a gateway; `made` are its payments.
HOSTED = """<main data-test-id="checkout-container">
<div data-test-id="order-summary"><b data-test-id="order-amount">₹500.00</b><i data-test-id="order-id">order_1</i></div>
<div data-view data-test-id="payment-methods">
  <button data-test-id="method-upi" data-method="upi" onclick="show('payment-methods', 'upi-form')">UPI</button>
  <button data-test-id="method-card" data-method="card" onclick="show('payment-methods', 'card-form')">Card</button></div>
<form data-view data-test-id="upi-form" hidden><input data-test-id="vpa-input">
  <button type="button" data-test-id="pay-button" onclick="pay('upi')">Pay</button></form>
<form data-view data-test-id="card-form" hidden>
  <input data-test-id="card-number-input"><input data-test-id="expiry-input"><input data-test-id="cvv-input">
  <input data-test-id="cardholder-name-input"><button type="button" data-test-id="pay-button" onclick="pay('card')">Pay</button></form>
<div data-view data-test-id="processing-state" hidden><p data-test-id="processing-message">A moment</p></div>
<div data-view data-test-id="success-state" hidden><b data-test-id="payment-id">pay_1</b><p data-test-id="success-message">Paid</p></div>
<div data-view data-test-id="error-state" hidden><p data-test-id="error-message">No</p>
  <button data-test-id="retry-button" onclick="show('payment-methods')">Again</button></div></main>
<script>
window.made = [];
const at = (id) => document.querySelector(`[data-test-id=${id}]`);
const show = (...ids) => { for (const e of document.querySelectorAll("[data-view]")) e.hidden = !ids.includes(e.dataset.testId); };
const ends = (type, view) => { window.parent.postMessage({ type, data: { paymentId: "pay_1" } }, "*"); show(view); };
const pay = (method) => {
  const vpa = at("vpa-input").value;
  if (method === "upi" && !/^[a-z]+@[a-z]+$/.test(vpa)) return;
  window.top.made.push({ id: "pay_1", order_id: "order_1", status: "success", method });
  show("processing-state");
  setTimeout(() => vpa.startsWith("failure") ? ends("payment_failed", "error-state") : ends("payment_success", "success-state"), 20);
};
if (location.search.includes("order_0000000000000000")) show("error-state");
</script>"""

#: The script of a checkout in its barest form, and the page of a merchant around it.
SHOP = """<script>
window.heard = [];
class PaymentGateway {
  constructor(options) { if (!options.key || !options.orderId) throw new Error("required"); this.options = options; }
  open() {
    if (document.getElementById("payment-gateway-modal")) return;
    const source = `${location.origin}/checkout?order_id=${this.options.orderId}&embedded=true`;
    document.body.insertAdjacentHTML("beforeend", `<div id="payment-gateway-modal" data-test-id="payment-modal"><div class="modal-overlay">
      <div class="modal-content"><iframe data-test-id="payment-iframe" src="${source}"></iframe>
      <button class="close-button" data-test-id="close-modal-button">×</button></div></div></div>`);
    document.querySelector(".close-button").onclick = () => this.close();
    const frame = document.querySelector("iframe").contentWindow;
    window.onmessage = ({ source, data }) => {
      if (source !== frame) return;
      if (data.type === "payment_failed") { this.options.onFailure(data.data); return; }
      this.options.onSuccess(data.data);
      this.close();
    };
  }
  close() { document.getElementById("payment-gateway-modal")?.remove(); this.options.onClose(); }
}
window.PaymentGateway = PaymentGateway;
window.fresh = () => {
  const tell = (kind) => (told) => window.heard.push([kind, told ? told.paymentId : null]);
  window.checkout = new PaymentGateway({ key: "key_test_abc123", orderId: "order_1", onSuccess: tell("success"), onFailure: tell("failure"), onClose: tell("close") });
  return true;
};
</script>"""

LOGIN = elements("login-form", "email-input", "password-input", "login-button")
#: What everybody sees, and nothing that only the merchant may see.
STRANGER = '<p data-test-id="login-form">Please log in</p>'
HOME = (
    '<main data-test-id="dashboard"><div data-test-id="api-credentials"><i data-test-id="api-key">key_test_abc123</i><i data-test-id="api-secret">•</i></div>'
    '<div data-test-id="stats-container"><b data-test-id="total-transactions">1,204</b><b data-test-id="total-amount">₹1</b><b data-test-id="success-rate">9%</b></div></main>'
)
TRANSACTIONS = (
    '<table data-test-id="transactions-table"><tr data-test-id="transaction-row" data-payment-id="pay_1"><td data-test-id="payment-id">pay_1</td>'
    '<td data-test-id="order-id">order_1</td><td data-test-id="amount">₹500.00</td><td data-test-id="method">upi</td>'
    '<td data-test-id="status">success</td><td data-test-id="created-at">now</td></tr></table>'
)
DOCS = elements(
    "api-docs", "section-create-order", "code-snippet-create-order", "section-sdk-integration", "code-snippet-sdk",
    "section-webhook-verification", "code-snippet-webhook",
)  # fmt: skip
LOG = '<table data-test-id="webhook-logs-table"><tr>' + "".join(
    f"<th>{name}</th>"
    for name in ("Event", "Status", "Attempts", "Last Attempt", "Response Code", "Actions")
)
#: The webhooks page; `saved`, `tested` and `again` are what its buttons did.
WEBHOOKS = (
    '<section data-test-id="webhook-config"><form data-test-id="webhook-config-form"><input type="url" data-test-id="webhook-url-input">'
    '<i data-test-id="webhook-secret">•</i>'
    """<button type="button" data-test-id="save-webhook-button" onclick="saved = document.querySelector('input').value">Save</button>"""
    '<button type="button" data-test-id="regenerate-secret-button">New</button>'
    """<button type="button" data-test-id="test-webhook-button" onclick="tested = 'whsec_test_abc123'">Test</button></form></section>"""
    '<table data-test-id="webhook-logs-table"><tr data-test-id="webhook-log-item" data-webhook-id="log_1"><td data-test-id="webhook-event">e</td>'
    '<td data-test-id="webhook-status">success</td><td data-test-id="webhook-attempts">1</td><td data-test-id="webhook-last-attempt">now</td>'
    '<td data-test-id="webhook-response-code">200</td>'
    '<td><button data-test-id="retry-webhook-button" data-webhook-id="log_1" onclick="again = true">Again</button></td></tr></table>'
    "<script>var saved, tested, again;</script>"
)
