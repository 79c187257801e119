/*
 * The life of one payment in the page: form, submit, poll, challenge, end.  Decides; shows nothing itself.
 */
import { freshKey, Refused, Unreachable } from "./api.js";
import { forget, recall, recallAttempt, remember, rememberAttempt } from "./memory.js";

// Contract 1.5, row 10.  The gateway may sharpen it with `retry_after_ms`.
const POLL_INTERVAL_MS = 2000;
const LONG_MS = 12000;
const PAID = ["paid", "completed"];
// A note for the merchant's page: the key of a request whose answer is not known.
const KEY_NOTE = /^key:([0-9a-f]{32})$/;
const FIELD_OF_CODE = { INVALID_VPA: "vpa", INVALID_CARD: "number", EXPIRED_CARD: "expiry" };

export class Flow {
  // `show(state, details)` draws; `tell(type, data)` speaks to the merchant's page.
  constructor({ api, show, tell, timeoutMs }) {
    this.api = api;
    this.show = show;
    this.tell = tell;
    this.timeoutMs = timeoutMs;
    this.phase = "loading";
    this.attempt = null;
    this.paymentId = undefined;
    this.wake = () => {};
    this.told = new Set();
    this.toldState = "";
    this.reminded = null;
    this.usedKey = null;
  }

  #enter(phase, details = {}) {
    this.phase = phase;
    this.show(phase, details);
    this.tellState(false);
  }

  // Tells the merchant's page whether money may be moving, and what to remind a reloaded page of: a payment, or the key of a request for one.
  tellState(always = true) {
    const key = this.attempt?.key ?? this.usedKey;
    const state = { busy: this.isBusy, resume: this.paymentId || !key ? this.paymentId : "key:" + key };
    const text = JSON.stringify(state);
    if (always || text !== this.toldState) this.tell("checkout_state", state);
    this.toldState = text;
  }

  // The merchant's page remembers what this page, perhaps without storage, does not.  A key that was used is used again: whatever the payer enters
  // now, the gateway makes one payment of both requests.
  remind(paymentId) {
    if (this.paymentId || typeof paymentId !== "string") return;
    const note = KEY_NOTE.exec(paymentId);
    if (note) {
      this.usedKey = note[1];
      return;
    }
    this.reminded = paymentId;
    if (this.phase === "form") this.#resumeOrOpen(paymentId);
  }

  async #resumeOrOpen(paymentId) {
    this.#enter("loading");
    if (!(await this.#resume(paymentId))) this.#openForm();
  }

  get isBusy() {
    return ["submitting", "processing", "challenge", "unknown", "unsent"].includes(this.phase);
  }

  async start() {
    this.#enter("loading");
    try {
      this.order = await this.api.order();
    } catch (error) {
      this.#cannotStart(error);
      return;
    }
    const known = recall(this.api.orderId) || this.reminded;
    if (known && (await this.#resume(known))) return;
    this.attempt = recallAttempt(this.api.orderId);
    if (this.attempt) {
      await this.#resubmit();
      return;
    }
    if (PAID.includes(this.order.status)) this.#enter("paid");
    else this.#openForm();
  }

  #cannotStart(error) {
    const isMissing = error instanceof Refused && (error.status === 404 || error.status === 400);
    this.#enter(isMissing ? "not_found" : "unavailable");
    if (isMissing) this.#report("API_ERROR", error.code, "The order was not found.");
    else this.#report("NETWORK_ERROR", "api_unreachable", "The payment service cannot be reached.");
  }

  #report(type, code, description) {
    this.tell("checkout_error", { type, code, description });
  }

  #openForm(details = {}) {
    this.#enter("form", { order: this.order, ...details });
    this.tell("checkout_ready");
  }

  // After a reload: the payment that this order already has.  False when there is nothing to resume.
  async #resume(paymentId) {
    this.paymentId = paymentId;
    try {
      await this.#follow(await this.api.payment(paymentId));
      return true;
    } catch (error) {
      if (error instanceof Unreachable) {
        await this.#follow({ id: paymentId, status: "pending" });
        return true;
      }
      this.#forget();
      return false;
    }
  }

  // `details` is {method, vpa} or {method, bank_code} or {method, card}.  A second call while one is under way does nothing.
  async pay(details) {
    if (this.phase !== "form") return;
    this.#enter("submitting", { method: details.method });
    try {
      const instrument = details.card ? { method: "card", card_token: await this.api.tokenise(details.card) } : details;
      this.attempt = { instrument, key: this.usedKey ?? freshKey() };
      rememberAttempt(this.api.orderId, this.attempt);
      this.tellState();
    } catch (error) {
      this.#backToForm(error);
      return;
    }
    await this.#submit();
  }

  async #submit() {
    const { instrument, key } = this.attempt;
    try {
      const payment = await this.api.createPayment(instrument, key);
      this.paymentId = payment.id;
      remember(this.api.orderId, payment.id);
      await this.#follow(payment, instrument.method);
    } catch (error) {
      if (error instanceof Unreachable) {
        this.#enter("unsent");
        this.#report("NETWORK_ERROR", "outcome_unknown", "The payment service did not answer; the outcome is not known yet.");
      } else this.#backToForm(error);
    }
  }

  #backToForm(error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    if (this.attempt) this.#forget();
    if (error instanceof Unreachable) {
      this.#openForm({ problem: "error_nothing_sent" });
      this.#report("NETWORK_ERROR", "api_unreachable", "The payment service cannot be reached.");
    } else if (error.status === 404) this.#cannotStart(error);
    else if (error.status === 409 || error.code === "ORDER_PAID") this.start();
    else {
      this.#openForm({ field: FIELD_OF_CODE[error.code], problem: "error_refused", description: error.message });
      if (!FIELD_OF_CODE[error.code]) this.#report("API_ERROR", error.code, error.message);
    }
  }

  // Polls until the payment is final or the time is up.
  async #follow(first, method = first.method) {
    const started = performance.now();
    let payment = first;
    let isCalled = false;
    for (;;) {
      if (payment.status === "success") return this.#succeed(payment);
      if (payment.status === "failed") return this.#fail(payment);
      const elapsedMs = performance.now() - started;
      if (elapsedMs > this.timeoutMs) return this.#giveUp();
      this.#showPending(payment, method, elapsedMs > LONG_MS);
      if (!isCalled) await this.#wait(payment.retry_after_ms);
      // A connection that comes back while we ask is not to be missed.
      isCalled = false;
      this.wake = () => {
        isCalled = true;
      };
      payment = await this.#poll(payment);
    }
  }

  async #poll(before) {
    try {
      return await this.api.payment(before.id);
    } catch (error) {
      if (error instanceof Refused || error instanceof Unreachable) return before;
      throw error;
    }
  }

  #showPending(payment, method, isLong) {
    const action = payment.next_action;
    if (action && action.type === "redirect" && typeof action.url === "string") this.#enter("challenge", { url: action.url });
    else this.#enter("processing", { method, isLong });
  }

  #wait(wishMs) {
    const delayMs = Number.isFinite(wishMs) && wishMs >= 50 && wishMs <= 30000 ? wishMs : POLL_INTERVAL_MS;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #once(type, data) {
    const key = type + data.paymentId;
    if (!this.told.has(key)) this.tell(type, data);
    this.told.add(key);
  }

  #succeed(payment) {
    this.#enter("success", { paymentId: payment.id });
    const data = { paymentId: payment.id, orderId: this.api.orderId };
    if (typeof payment.checkout_signature === "string") data.signature = payment.checkout_signature;
    this.#once("payment_success", data);
  }

  #fail(payment) {
    this.#forget();
    this.#enter("failed", { description: payment.error_description });
    const data = { paymentId: payment.id, orderId: this.api.orderId, code: payment.error_code, description: payment.error_description };
    this.#once("payment_failed", data);
  }

  #forget() {
    forget(this.api.orderId);
    this.paymentId = null;
    this.attempt = null;
    this.usedKey = null;
  }

  #giveUp() {
    this.#enter("unknown", { paymentId: this.paymentId });
    this.#report("NETWORK_ERROR", "payment_timeout", "The bank has not answered in time; the payment may still go through.");
  }

  // The same request again, under the same key: whether it arrived before or not, there is one payment.
  async #resubmit() {
    this.#enter("submitting", { method: this.attempt.instrument.method });
    await this.#submit();
  }

  // The one button of every error: what is safe to do next.
  async retry() {
    if (this.phase === "failed") this.#openForm();
    else if (this.phase === "unknown") await this.#resumeOrOpen(this.paymentId);
    else if (this.phase === "unsent") await this.#resubmit();
    else if (this.phase === "unavailable") await this.start();
  }
}
