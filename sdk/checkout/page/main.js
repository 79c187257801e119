/*
 * Entry point: reads what the server wrote into the page, connects form, flow and frame.
 */
import { Api } from "./api.js";
import { Fields } from "./fields.js";
import { Flow } from "./flow.js";
import { Frame } from "./frame.js";
import { View } from "./view.js";

const root = document.querySelector('[data-test-id="checkout-container"]');
const config = JSON.parse(document.body.dataset.config);
const view = new View(root);
const fields = new Fields(root, (key, values) => view.say(key, values));
const leaving = document.querySelector('[data-test-id="leave-dialog"]');

const frame = new Frame(config.origins, { onInit: begin, onConfirmClose: () => leaving.open || leaving.showModal() });
const flow = new Flow({
  api: new Api(config.api_url, config.order_id),
  show: draw,
  tell: (type, data) => frame.post(type, data),
  timeoutMs: config.timeout_ms,
});

function draw(phase, details) {
  if (details.field) fields.mark(details.field, { vpa: "error_vpa", number: "error_number", expiry: "error_expired" }[details.field]);
  if (details.field) details = { order: details.order };
  if (phase === "success") fields.wipe(["number", "expiry", "cvv", "holder"]);
  if (phase === "failed") fields.wipe(["cvv"]);
  if (phase === "form" && view.order === null && !config.prefill) view.chooseMethod(details.order.currency === "INR" ? "upi" : "card");
  view.show(phase, details);
}

// What the merchant's page wishes; the payer's own choice of language wins later.
function begin({ locale, theme, prefill, resume }) {
  if (typeof locale === "string") setLanguage(locale);
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  if (prefill !== null && typeof prefill === "object") fill(prefill);
  if (flow.phase === "form") frame.post("checkout_ready");
  flow.remind(resume);
  flow.tellState();
  reportHeight();
}

function fill({ method, vpa, name }) {
  if (["upi", "card", "netbanking"].includes(method)) {
    config.prefill = true;
    view.chooseMethod(method);
  }
  if (typeof vpa === "string") fields.input("vpa").value = vpa;
  if (typeof name === "string") fields.input("holder").value = name;
}

function setLanguage(locale) {
  view.setLanguage(locale);
  fields.restate();
}

function reportHeight() {
  if (frame.nonce) frame.post("checkout_resize", { height: Math.ceil(document.body.scrollHeight) });
}

function submit(event) {
  event.preventDefault();
  const details = fields.read(view.method);
  if (details) flow.pay(details);
}

function moveBetweenMethods(event) {
  const tabs = [...root.querySelectorAll("[data-method]")];
  const at = tabs.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const next = event.key === "Home" ? tabs[0] : event.key === "End" ? tabs.at(-1) : step && tabs.at((at + step) % tabs.length);
  if (!next) return;
  event.preventDefault();
  view.chooseMethod(next.dataset.method, true);
}

function listen() {
  for (const form of root.querySelectorAll("form")) form.addEventListener("submit", submit);
  for (const tab of root.querySelectorAll("[data-method]")) tab.addEventListener("click", () => view.chooseMethod(tab.dataset.method));
  view.find("payment-methods").addEventListener("keydown", moveBetweenMethods);
  view.find("retry-button").addEventListener("click", () => (config.is_down ? location.reload() : flow.retry()));
  view.find("language-switch").addEventListener("click", () => setLanguage(view.language === "en" ? "hi" : "en"));
  if (config.test_mode) view.find("test-details").addEventListener("click", () => fields.fillTestDetails(view.method));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !leaving.open) frame.post("close_modal", { reason: "escape" });
  });
  document.addEventListener("securitypolicyviolation", (event) => {
    if (!event.effectiveDirective.startsWith("frame-src")) return;
    view.isFrameBlocked = true;
    view.draw();
  });
  listenToLeaving();
  listenToReturn();
  listenToBrowser();
}

// The bank is done: the page that it led back to says so from inside the challenge's frame.
function listenToReturn() {
  window.addEventListener("message", ({ origin, source, data }) => {
    const isOurs = origin === location.origin && view.challenge && source === view.challenge.contentWindow;
    if (isOurs && data === "challenge_returned") flow.wake();
  });
}

function listenToLeaving() {
  leaving.addEventListener("close", () => {
    if (leaving.returnValue === "leave") frame.post("close_modal", { reason: "confirmed" });
    else flow.tellState();
    leaving.returnValue = "";
  });
  document.querySelector('[data-test-id="keep-paying-button"]').addEventListener("click", () => leaving.close("stay"));
  document.querySelector('[data-test-id="leave-button"]').addEventListener("click", () => leaving.close("leave"));
}

// A sleeping tab, a lost connection, a page out of the browser's cache: ask at once instead of waiting for the next turn.
function listenToBrowser() {
  const wake = () => {
    if (document.visibilityState === "visible") flow.wake();
    view.draw();
  };
  for (const type of ["online", "offline", "pageshow"]) window.addEventListener(type, wake);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("pagehide", () => fields.wipe(["number", "cvv"]));
  new ResizeObserver(reportHeight).observe(document.body);
}

view.chooseMethod("upi");
setLanguage(config.locale || navigator.language);
listen();
root.dataset.ready = "true";
if (config.is_down) draw("unavailable", {});
else flow.start();
