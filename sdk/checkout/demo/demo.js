/*
 * The demo shop's page: one button, and the story of the payment as it really happens.
 */
const find = (name) => document.querySelector(`[data-test-id="${name}"]`);
const step = (name) => document.querySelector(`[data-step="${name}"]`);
const STEPS = ["order", "open", "result", "check", "webhook"];
// How long the page asks for webhooks after the payment, in milliseconds; the retry schedule of the test mode ends before.
const WATCH_MS = 120000;

let run = 0;

async function ask(path, body) {
  const request = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, request);
  const document = await response.json();
  if (!response.ok) throw new Error(document.error.description);
  return document;
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function note(name, state, text, details) {
  const item = step(name);
  item.dataset.state = state;
  const body = item.querySelector("div");
  const line = element("p", text, "fact");
  line.dataset.state = state;
  body.append(line);
  if (details) {
    const more = element("details");
    more.append(element("summary", "Show"), element("pre", JSON.stringify(details, null, 2)));
    more.querySelector("pre").tabIndex = 0;
    body.append(more);
  }
}

function reset() {
  for (const name of STEPS) {
    delete step(name).dataset.state;
    for (const old of step(name).querySelectorAll(".fact, details")) old.remove();
  }
  find("demo-notice").hidden = true;
}

function complain(message) {
  find("demo-notice").textContent = message;
  find("demo-notice").hidden = false;
}

function rupees(payment) {
  return new Intl.NumberFormat("en-IN", { style: "currency", currency: payment.currency }).format(payment.amount / 100);
}

async function check(result) {
  const { payment, signature } = await ask("/demo/confirmations", result);
  const signed = { valid: ", checkout signature valid", invalid: ", checkout signature INVALID", absent: "" }[signature];
  const isGood = payment.status === "success" && signature !== "invalid";
  note("check", isGood ? "done" : "bad", `${payment.status}, ${rupees(payment)}${signed}`, payment);
}

async function watch({ order, inbox, after, webhook_url: url }, number) {
  if (inbox === null) {
    note("webhook", "other", `Your webhooks go to ${url}, not to the receiver of this sandbox.`);
    return;
  }
  const until = performance.now() + WATCH_MS;
  const seen = new Set();
  let next = after;
  while (number === run && performance.now() < until) {
    const query = new URLSearchParams({ order_id: order.id, inbox, after: next });
    const { after: newest, webhooks } = await ask("/demo/webhooks?" + query);
    if (number !== run) return;
    for (const one of webhooks) tell(one, seen);
    next = newest;
    if (seen.has("payment.success")) return;
  }
}

function tell(one, seen) {
  const isFinal = /^payment\.(success|failed)$/.test(one.event);
  const verdict = one.verified ? "signature verified" : "signature NOT valid";
  if (step("webhook").dataset.state !== "done") note("webhook", isFinal && one.verified ? "done" : "under-way", `${one.event}: ${verdict}`, one.json);
  else note("webhook", "done", `${one.event}: ${verdict}`, one.json);
  seen.add(one.event);
}

async function buy() {
  run += 1;
  const number = run;
  const button = find("buy-button");
  button.disabled = true;
  reset();
  try {
    const began = await ask("/demo/orders", {});
    note("order", "done", `${began.order.id}, ${rupees(began.order)}`, began.order);
    open(began, number);
    watch(began, number).catch((error) => note("webhook", "bad", error.message));
  } catch (error) {
    complain(error.message);
    button.disabled = false;
  }
}

function open(began, number) {
  const [method, name] = document.querySelector("input[name=ending]:checked").value.split(":");
  const checkout = new window.PaymentGateway({
    key: began.key,
    orderId: began.order.id,
    prefill: name ? { method, vpa: `${name}@paywright` } : { method },
    onReady: () => note("open", "done", "The payer can pay now."),
    onSuccess: (result) => {
      note("result", "done", `onSuccess: ${result.paymentId}`, result);
      check(result).catch((error) => note("check", "bad", error.message));
    },
    onFailure: (error) => {
      note("result", "bad", `onFailure: ${error.description || error.code}`, error);
      check(error).catch((problem) => note("check", "bad", problem.message));
    },
    onError: (error) => {
      if (error.type !== "CANCEL") complain(error.message);
      else if (number === run) complain("You closed the checkout. Nothing was bought.");
    },
    onClose: () => {
      find("buy-button").disabled = false;
      if (step("result").dataset.state === "done") find("demo-steps").scrollIntoView({ block: "center" });
    },
  });
  checkout.open();
}

find("buy-button").addEventListener("click", buy);
