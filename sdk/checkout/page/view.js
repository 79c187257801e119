/*
 * Draws the states of the page and the words in them.
 */
import { BANKS } from "./banks.js";
import { formatAmount } from "./money.js";
import { languageOf, translate } from "./texts.js";

// Which section shows a phase of the flow.
const SECTION = {
  loading: "loading", form: "form", submitting: "processing", processing: "processing", challenge: "challenge",
  success: "success", failed: "error", unknown: "error", unsent: "error", not_found: "error", unavailable: "error", paid: "paid",
};
const ERRORS = {
  failed: ["failed", "failed_message", "retry"],
  unknown: ["unknown", "unknown_message", "check"],
  unsent: ["unsent", "unsent_message", "retry"],
  not_found: ["not_found", "not_found_message", null],
  unavailable: ["unavailable", "unavailable_message", "retry"],
};

export class View {
  constructor(root) {
    this.root = root;
    this.language = "en";
    this.phase = "loading";
    this.details = {};
    this.order = null;
    this.method = "upi";
    this.challenge = null;
  }

  find(testId) {
    return this.root.querySelector(`[data-test-id="${testId}"]`);
  }

  say(key, values) {
    return translate(this.language, key, values);
  }

  setLanguage(locale) {
    this.language = languageOf(locale);
    document.documentElement.lang = this.language;
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = this.say(element.dataset.text);
    for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", this.say(element.dataset.label));
    this.find("language-switch").lang = this.language === "en" ? "hi" : "en";
    this.#listBanks();
    this.draw();
  }

  #listBanks() {
    const select = this.find("bank-select");
    const chosen = select.value;
    const options = BANKS.map(([code, english, hindi]) => new Option(this.language === "hi" ? hindi : english, code));
    select.replaceChildren(new Option(this.say("choose_bank"), ""), ...options);
    select.value = chosen;
  }

  setOrder(order) {
    this.order = order;
    const { merchant_name: merchant, description } = order;
    this.root.querySelector("[data-merchant]").textContent = typeof merchant === "string" ? merchant : "";
    this.root.querySelector("[data-description]").textContent = typeof description === "string" ? description : "";
    this.find("order-id").textContent = order.id;
  }

  get amount() {
    return this.order ? formatAmount(this.order.amount, this.order.currency, this.language) : "";
  }

  // The one pay button lives in the form that is chosen.
  chooseMethod(method, withFocus) {
    this.method = method;
    for (const tab of this.root.querySelectorAll("[data-method]")) {
      const isChosen = tab.dataset.method === method;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      if (isChosen && withFocus) tab.focus();
      const panel = document.getElementById(tab.getAttribute("aria-controls"));
      panel.hidden = !isChosen;
      if (isChosen) panel.querySelector("form").append(this.find("pay-button"));
    }
  }

  show(phase, details) {
    const isNew = SECTION[phase] !== SECTION[this.phase] || phase === "failed";
    const isFirst = this.phase === "loading";
    this.phase = phase;
    this.details = details;
    if (details.order) this.setOrder(details.order);
    this.draw();
    if (isNew && !isFirst) this.#focus();
  }

  #focus() {
    const section = this.root.querySelector(`[data-section="${SECTION[this.phase]}"]`);
    const target = section.querySelector("[aria-invalid]") || section.querySelector("[data-focus]");
    if (target) target.focus();
  }

  draw() {
    for (const section of this.root.querySelectorAll("[data-section]")) section.hidden = section.dataset.section !== SECTION[this.phase];
    this.root.setAttribute("aria-busy", String(this.phase === "loading"));
    this.#drawOrder();
    if (this.phase in ERRORS) this.#drawError();
    if (SECTION[this.phase] === "processing") this.#drawProcessing();
    if (this.phase === "form") this.#drawForm();
    if (this.phase === "challenge") this.#drawChallenge();
    else this.#dropChallenge();
    if (this.phase === "success") this.find("payment-id").textContent = this.details.paymentId;
  }

  #drawOrder() {
    this.find("order-summary").hidden = !this.order;
    this.find("order-amount").textContent = this.amount;
    this.root.querySelector("[data-pay-label]").textContent = this.say("pay", { amount: this.amount });
    document.title = this.order ? this.say("pay_title", { amount: this.amount }) : this.say("title");
  }

  #drawForm() {
    const { problem, description } = this.details;
    const banner = this.find("form-error");
    banner.hidden = !problem;
    if (problem) banner.textContent = [this.say(problem), description].filter(Boolean).join(" ");
  }

  #drawProcessing() {
    const { method, isLong } = this.details;
    this.find("processing-message").textContent = this.say("processing");
    const key = isLong ? "processing_long" : method === "upi" ? "processing_upi" : "processing_stay";
    this.find("processing-hint").textContent = this.say(navigator.onLine ? key : "offline");
  }

  #drawError() {
    const [title, message, button] = ERRORS[this.phase];
    const { description, paymentId } = this.details;
    this.find("error-title").textContent = this.say(title);
    const said = this.phase === "failed" && description;
    const own = this.say(message, { payment: paymentId || "" });
    this.find("error-message").textContent = said && this.language === "en" ? description : own;
    this.find("error-detail").textContent = said ? (this.language === "en" ? own : description) : "";
    this.find("error-state").dataset.kind = ["failed", "not_found"].includes(this.phase) ? "failed" : "waiting";
    const retry = this.find("retry-button");
    retry.hidden = button === null;
    if (button) retry.textContent = this.say(button);
  }

  #drawChallenge() {
    const { url } = this.details;
    const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
    // A bank's page on our own origin would not be held by the sandbox: it may have a window of its own, not our frame.
    const mayFrame = isWeb && new URL(url).origin !== location.origin && !this.isFrameBlocked;
    this.find("challenge-link").hidden = !isWeb;
    if (isWeb) this.find("challenge-link").href = url;
    this.find("challenge-blocked").hidden = mayFrame;
    if (!mayFrame) this.#dropChallenge();
    else if (this.challenge?.getAttribute("src") !== url) this.#frameChallenge(url);
  }

  #frameChallenge(url) {
    this.#dropChallenge();
    this.challenge = document.createElement("iframe");
    this.challenge.dataset.testId = "challenge-frame";
    this.challenge.title = this.say("challenge");
    this.challenge.referrerPolicy = "no-referrer";
    // No top navigation: the bank cannot take this page, or the merchant's, away.
    this.challenge.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox");
    this.challenge.setAttribute("src", url);
    this.find("challenge-blocked").after(this.challenge);
  }

  #dropChallenge() {
    this.challenge?.remove();
    this.challenge = null;
  }
}
