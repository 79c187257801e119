/*
 * The gateway's public endpoints.  The only file that sends anything, and `tokenise` the only function that sees card data.
 */
const TIMEOUT_MS = 15000;
const PAUSES_MS = [400, 1200, 3000];
const STATUSES = ["pending", "processing", "success", "failed"];

// The gateway said no.
export class Refused extends Error {
  constructor(status, code, description) {
    super(description);
    this.status = status;
    this.code = code;
  }
}

// No usable answer came; whether the request had an effect is not known.
export class Unreachable extends Error {}

const pause = (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs));

// The object that the text is, or null.
function parsed(text) {
  try {
    const document = JSON.parse(text);
    return typeof document === "object" ? document : null;
  } catch {
    return null;
  }
}

async function once(url, request) {
  let response;
  let text;
  try {
    response = await fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
    text = await response.text();
  } catch {
    throw new Unreachable(url);
  }
  const document = parsed(text);
  if (response.ok && document !== null) return document;
  if (response.ok || response.status >= 500 || response.status === 429) throw new Unreachable(url);
  const error = (document && document.error) || {};
  // The first request under this key is still being worked on: its answer comes under the same key.
  if (error.code === "IDEMPOTENCY_KEY_IN_USE") throw new Unreachable(url);
  throw new Refused(response.status, String(error.code || "UNKNOWN"), String(error.description || ""));
}

// Repeats only what is safe to repeat: reads, tokens, and payments under one idempotency key.
async function call(url, request, tries) {
  for (let number = 0; ; number += 1) {
    try {
      return await once(url, request);
    } catch (error) {
      if (!(error instanceof Unreachable) || number + 1 >= tries) throw error;
    }
    await pause(PAUSES_MS[number]);
  }
}

function checkedPayment(payment, orderId) {
  const isRight = typeof payment.id === "string" && STATUSES.includes(payment.status) && (payment.order_id === undefined || payment.order_id === orderId);
  if (!isRight) throw new Unreachable("payment");
  return payment;
}

export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Api {
  constructor(base, orderId) {
    this.base = base + "/api/v1";
    this.orderId = orderId;
  }

  #get(path, tries) {
    return call(this.base + path, { credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" }, tries);
  }

  #post(path, body, headers, tries) {
    const request = { method: "POST", credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" };
    request.headers = { "Content-Type": "application/json", ...headers };
    request.body = JSON.stringify({ order_id: this.orderId, ...body });
    return call(this.base + path, request, tries);
  }

  async order() {
    const order = await this.#get(`/orders/${encodeURIComponent(this.orderId)}/public`, 3);
    if (!Number.isSafeInteger(order.amount) || typeof order.currency !== "string") throw new Unreachable("order");
    return order;
  }

  async payment(paymentId) {
    return checkedPayment(await this.#get(`/payments/${encodeURIComponent(paymentId)}/public`, 1), this.orderId);
  }

  async tokenise(card) {
    const { token } = await this.#post("/tokens/public", card, {}, 2);
    if (typeof token !== "string") throw new Unreachable("token");
    return token;
  }

  // The payer comes back from the bank to our own page, wherever the bank was shown.
  async createPayment(instrument, key) {
    const body = { ...instrument, return_url: location.origin + "/checkout/return" };
    return checkedPayment(await this.#post("/payments/public", body, { "Idempotency-Key": key }, 4), this.orderId);
  }
}
