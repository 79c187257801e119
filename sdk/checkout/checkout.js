/*! paywright 1.0.0 | Apache-2.0 */
/*
 * The script for the merchant's page: opens the hosted checkout in a modal and reports what came of it.
 *
 * Nothing here sees card data.  `onSuccess` is a hint for the page; the merchant's server decides by API, webhook or signature.
 * Protocol, CSP and test hooks: docs/checkout.md.
 */
(function (root, build) {
  "use strict";
  const isModule = typeof module === "object" && module && module.exports;
  const script = typeof document === "object" && document.currentScript;
  const PaymentGateway = build((script && script.src) || (isModule && module.url) || "");
  if (isModule) module.exports = PaymentGateway;
  else if (typeof define === "function" && define.amd) define([], () => PaymentGateway);
  else if (!root.PaymentGateway) root.PaymentGateway = PaymentGateway;
})(typeof globalThis === "object" ? globalThis : self, function (source) {
  "use strict";

  const MODAL_ID = "payment-gateway-modal";
  // Contract 1.1.  Used only when the script does not know where it came from.
  const DEFAULT_HOST = "http://localhost:3001";
  // How long the hosted page may take to answer before the payer is offered another try, in milliseconds.
  const LOAD_TIMEOUT_MS = 15000;
  // How long the payer sees the tick before the modal goes away, in milliseconds.
  const SUCCESS_PAUSE_MS = 900;
  const HEIGHT_PX_MIN = 240;
  const HEIGHT_PX_MAX = 900;
  const IS_PAGE = typeof window === "object" && typeof document === "object";

  const TEXTS = {
    en: {
      dialog: "Secure checkout",
      close: "Close checkout",
      loading: "Loading checkout…",
      problem: "Checkout could not be loaded.",
      retry: "Try again",
      elsewhere: "Open in a new tab",
    },
    hi: {
      dialog: "सुरक्षित चेकआउट",
      close: "चेकआउट बंद करें",
      loading: "चेकआउट लोड हो रहा है…",
      problem: "चेकआउट लोड नहीं हो सका।",
      retry: "फिर कोशिश करें",
      elsewhere: "नए टैब में खोलें",
    },
  };

  const CSS = `
#M{position:fixed;inset:0;z-index:2147483000;display:block;margin:0;color-scheme:light;--bg:#fff;--fg:#101828;--soft:#475467;--act:#3538cd}
#M[data-theme=dark]{color-scheme:dark;--bg:#11161f;--fg:#f2f4f7;--soft:#b3bccb;--act:#8098f9}
#M *{all:revert;box-sizing:border-box;font:16px/1.5 system-ui,"Noto Sans","Noto Sans Devanagari",sans-serif;color:var(--fg)}
#M [hidden]{display:none}
#M .modal-overlay{position:fixed;inset:0;display:flex;padding:24px;background:rgba(9,14,24,.62);overflow:auto}
#M .modal-content{position:relative;width:100%;max-width:440px;margin:auto;border-radius:16px;overflow:hidden;background:var(--bg);box-shadow:0 24px 64px rgba(9,14,24,.4)}
#M iframe{display:block;width:100%;height:620px;max-height:calc(100dvh - 48px);border:0}
#M .close-button{position:absolute;top:10px;right:10px;width:40px;height:40px;padding:0;border:0;border-radius:50%;background:var(--bg);color:var(--soft);font-size:26px;line-height:40px;cursor:pointer}
#M .close-button:hover{background:rgba(128,140,160,.18)}
#M :focus-visible{outline:3px solid var(--act);outline-offset:-3px}
#M iframe:focus-visible{outline:0}
#M .panel{position:absolute;inset:0;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:16px;padding:32px;background:var(--bg);text-align:center}
#M .panel p{margin:0}
#M .panel a{color:var(--act)}
#M .panel button{min-width:200px;min-height:44px;border:0;border-radius:10px;background:var(--act);color:var(--bg);font-weight:600;cursor:pointer}
#M .spin{width:32px;height:32px;border:3px solid rgba(128,140,160,.35);border-top-color:var(--act);border-radius:50%}
@media (max-width:600px){#M .modal-overlay{padding:0}#M .modal-content{max-width:none;margin:auto 0 0;border-radius:18px 18px 0 0}#M iframe{max-height:calc(100dvh - 24px)}}
@media (prefers-reduced-motion:no-preference){#M .modal-overlay,#M .modal-content{animation:pg-in .2s ease-out}#M .spin{animation:pg-turn .9s linear infinite}}
@keyframes pg-in{from{opacity:0}}
@keyframes pg-turn{to{transform:rotate(1turn)}}
`.replace(/#M/g, "#" + MODAL_ID);

  const failure = (type, code, message) => Object.assign(new Error("PaymentGateway: " + message), { name: "PaymentGatewayError", type, code });
  const misuse = (code, message) => failure("IMPLEMENTATION_ERROR", code, message);

  // The one open modal of this page, whoever opened it.
  let current = null;

  function own(options, name) {
    return options && Object.prototype.hasOwnProperty.call(options, name) ? options[name] : undefined;
  }

  function text(options, name, longest) {
    const value = own(options, name);
    if (typeof value !== "string" || value.trim() === "" || value.length > longest) {
      throw misuse("invalid_" + name, `${name} must be a text of 1 to ${longest} letters.`);
    }
    return value;
  }

  function callback(options, name) {
    const value = own(options, name);
    if (value === undefined || value === null) return () => {};
    if (typeof value !== "function") throw misuse("invalid_" + name, `${name} must be a function.`);
    // A merchant's mistake must not stop the checkout: it surfaces as the page's own uncaught error.
    return (argument) => {
      try {
        value(argument);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    };
  }

  function hostOf(given) {
    let url;
    try {
      url = new URL(given || source || DEFAULT_HOST);
    } catch {
      url = null;
    }
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw misuse("invalid_host", "host must be an http or https address.");
    }
    return url.origin;
  }

  function check(options) {
    if (options === null || typeof options !== "object") throw misuse("invalid_options", "options must be an object.");
    const key = text(options, "key", 255);
    if (/^(secret|sk|whsec)_/.test(key)) {
      throw misuse("secret_key", "a secret must never reach a browser: revoke it, use the publishable key.");
    }
    const modal = own(options, "modal");
    const prefill = own(options, "prefill");
    const filled = {};
    for (const name of ["method", "vpa", "name"]) {
      const value = own(prefill, name);
      if (typeof value === "string" && value.length <= 255) filled[name] = value;
    }
    const locale = own(options, "locale") || (IS_PAGE && navigator.language) || "en";
    const timeout = own(options, "loadTimeout");
    return {
      key,
      orderId: text(options, "orderId", 255),
      onSuccess: callback(options, "onSuccess"),
      onFailure: callback(options, "onFailure"),
      onClose: callback(options, "onClose"),
      onReady: callback(options, "onReady"),
      onError: callback(options, "onError"),
      host: hostOf(own(options, "host")),
      theme: ["light", "dark"].find((theme) => theme === own(options, "theme")) || "auto",
      locale: /^[A-Za-z0-9-]{2,35}$/.test(locale) ? locale : "en",
      prefill: filled,
      escape: own(modal, "escape") !== false,
      backdropClose: own(modal, "backdropClose") !== false,
      confirmClose: own(modal, "confirmClose") === true,
      loadTimeout: Number.isFinite(timeout) && timeout > 0 ? timeout : LOAD_TIMEOUT_MS,
    };
  }

  function freshNonce() {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  }

  // What the page inside wants to be told after a reload: its own storage is forbidden where third-party cookies are.
  function memory(orderId, note) {
    const key = "paywright:" + orderId;
    try {
      if (note) sessionStorage.setItem(key, note);
      else if (note === null) sessionStorage.removeItem(key);
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // Constructed style sheets need no style-src 'unsafe-inline'; older browsers get an element.
  function addStyle() {
    if (!document.adoptedStyleSheets) {
      const style = element("style", {}, CSS);
      document.head.append(style);
      return () => style.remove();
    }
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    const others = () => [...document.adoptedStyleSheets].filter((other) => other !== sheet);
    document.adoptedStyleSheets = [...others(), sheet];
    return () => {
      document.adoptedStyleSheets = others();
    };
  }

  // Makes the page behind unreachable for keyboard, pointer and screen reader; the answer undoes exactly that.
  function setAside(modal) {
    const others = [...document.body.children].filter((child) => child !== modal && !child.inert);
    const { style } = document.documentElement;
    const before = style.overflow;
    for (const child of others) child.inert = true;
    style.overflow = "hidden";
    return () => {
      for (const child of others) child.inert = false;
      style.overflow = before;
    };
  }

  const id = (value) => typeof value === "string" && value.length > 0 && value.length <= 255;
  const optional = (value) => value === undefined || value === null || id(value);
  const known = (data, options) => id(data.paymentId) && data.orderId === options.orderId;

  // What each message may carry.  Anything else is ignored.
  const SCHEMAS = {
    checkout_loaded: () => true,
    checkout_ready: () => true,
    checkout_state: (data) => typeof data.busy === "boolean" && optional(data.resume),
    checkout_resize: (data) => Number.isInteger(data.height) && data.height > 0,
    checkout_error: (data) => id(data.type) && id(data.code),
    payment_success: (data, options) => known(data, options) && optional(data.signature),
    payment_failed: (data, options) => known(data, options) && optional(data.code),
    close_modal: (data) => optional(data.reason),
  };

  class Modal {
    constructor(options, onGone) {
      this.options = options;
      this.onGone = onGone;
      this.texts = TEXTS[options.locale.slice(0, 2).toLowerCase()] || TEXTS.en;
      this.url = options.host + "/checkout?" + new URLSearchParams({ order_id: options.orderId, embedded: "true" });
      this.isBusy = this.isSettled = this.isLoaded = this.isReady = false;
      this.nonce = null;
      this.lastSeq = 0;
      this.listeners = new AbortController();
      this.focusedBefore = document.activeElement;
      this.build();
      document.body.append(this.root);
      this.undo = [addStyle(), setAside(this.root)];
      this.listen();
      this.load();
    }

    build() {
      const { theme } = this.options;
      const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
      this.frame = element("iframe", {
        "data-test-id": "payment-iframe",
        title: this.texts.dialog,
        referrerpolicy: "no-referrer",
        // No top navigation: neither the page nor a bank inside it can take the merchant's page away.
        sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
      });
      this.closeButton = element(
        "button",
        { type: "button", class: "close-button", "data-test-id": "close-modal-button", "aria-label": this.texts.close },
        "×",
      );
      this.content = element("div", { class: "modal-content" }, this.frame, this.closeButton);
      this.overlay = element("div", { class: "modal-overlay" }, this.content);
      // Focus that leaves the modal at either end comes in again at the other.
      this.guards = [0, 1].map(() => element("span", { tabindex: "0", "aria-hidden": "true" }));
      this.root = element(
        "div",
        { id: MODAL_ID, "data-test-id": "payment-modal", role: "dialog", "aria-modal": "true", "aria-label": this.texts.dialog, "data-theme": dark ? "dark" : "light" },
        this.guards[0],
        this.overlay,
        this.guards[1],
      );
    }

    on(target, type, handler) {
      target.addEventListener(type, handler, { signal: this.listeners.signal, capture: target === document });
    }

    listen() {
      this.on(window, "message", (event) => this.receive(event));
      this.on(this.frame, "load", () => this.greet());
      this.on(this.closeButton, "click", () => this.dismiss("button"));
      this.on(this.overlay, "click", (event) => {
        if (event.target === this.overlay && this.options.backdropClose) this.dismiss("backdrop");
      });
      this.on(document, "keydown", (event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.stopPropagation();
        this.dismiss("escape");
      });
      this.on(this.guards[0], "focus", () => this.closeButton.focus());
      this.on(this.guards[1], "focus", () => (this.panel && this.panel.querySelector("button") || this.frame).focus());
    }

    load() {
      this.nonce = null;
      this.isLoaded = false;
      this.cover("status", element("div", { class: "spin" }), element("p", {}, this.texts.loading));
      this.closeButton.focus({ preventScroll: true });
      this.frame.src = this.url;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fail(), this.options.loadTimeout);
    }

    // The page inside learns our exact origin from the browser, and the nonce that its messages must carry.
    greet() {
      const { locale, theme, prefill, orderId } = this.options;
      this.nonce = freshNonce();
      this.lastSeq = this.sentSeq = 0;
      this.isBusy = this.isAsking = false;
      this.send("init", { locale, theme, prefill, resume: memory(orderId) });
    }

    send(type, data) {
      this.frame.contentWindow.postMessage({ type, nonce: this.nonce, seq: ++this.sentSeq, data }, this.options.host);
    }

    receive(event) {
      if (event.origin !== this.options.host || event.source !== this.frame.contentWindow) return;
      const message = event.data;
      if (message === null || typeof message !== "object" || this.nonce === null || message.nonce !== this.nonce) return;
      if (!Number.isInteger(message.seq) || message.seq <= this.lastSeq) return;
      const valid = own(SCHEMAS, message.type);
      const data = message.data === undefined ? {} : message.data;
      if (!valid || data === null || typeof data !== "object" || !valid(data, this.options)) return;
      this.lastSeq = message.seq;
      this.act(message.type, data);
    }

    act(type, data) {
      const { options } = this;
      switch (type) {
        case "checkout_loaded":
          this.isLoaded = true;
          clearTimeout(this.timer);
          this.cover();
          this.frame.focus();
          break;
        case "checkout_ready":
          if (!this.isReady) options.onReady();
          this.isReady = true;
          break;
        case "checkout_state":
          this.isBusy = data.busy;
          this.isAsking = false;
          memory(options.orderId, data.resume);
          break;
        case "checkout_resize":
          this.frame.style.height = Math.min(Math.max(data.height, HEIGHT_PX_MIN), HEIGHT_PX_MAX) + "px";
          break;
        case "checkout_error":
          options.onError(failure(data.type, data.code, String(data.description || data.code)));
          break;
        case "payment_failed": {
          const { paymentId, orderId, code, description } = data;
          options.onFailure({ paymentId, orderId, code, description, message: description });
          break;
        }
        case "payment_success":
          this.succeed(data);
          break;
        case "close_modal":
          this.dismiss(data.reason || "page");
      }
    }

    succeed({ paymentId, orderId, signature }) {
      if (this.isSettled) return;
      this.isSettled = true;
      const response = { paymentId, orderId };
      if (signature) response.signature = signature;
      this.options.onSuccess(response);
      this.timer = setTimeout(() => this.close(), SUCCESS_PAUSE_MS);
    }

    // The payer wants to go.  While money may be moving, or if the merchant wishes it, the page inside asks first; whoever insists goes.
    dismiss(reason) {
      if (reason === "escape" && !this.options.escape) return;
      const mayAsk = this.isLoaded && !this.isSettled && (this.isBusy || this.options.confirmClose);
      if (mayAsk && reason !== "confirmed" && (!this.isAsking || reason === "escape" || reason === "backdrop")) {
        this.isAsking = true;
        this.frame.focus();
        this.send("confirm_close");
        return;
      }
      if (!this.isSettled) this.options.onError(failure("CANCEL", "closed_by_payer", `closed by the payer (${reason}).`));
      this.close();
    }

    fail() {
      const { texts } = this;
      const retry = element("button", { type: "button", "data-test-id": "reload-button" }, texts.retry);
      const link = element("a", { href: this.url.replace("&embedded=true", ""), target: "_blank", rel: "noopener" }, texts.elsewhere);
      this.on(retry, "click", () => this.load());
      this.cover("alert", element("p", {}, texts.problem), retry, link);
      retry.focus();
      this.options.onError(failure("NETWORK_ERROR", "checkout_unreachable", `${this.options.host} did not answer.`));
    }

    // A panel over the page inside, in place of the one before.
    cover(role, ...children) {
      if (this.panel) this.panel.remove();
      this.panel = role && element("div", { class: "panel", role }, ...children);
      if (role) this.content.append(this.panel);
      this.frame.inert = !!role;
    }

    close() {
      if (current !== this) return;
      current = null;
      clearTimeout(this.timer);
      this.listeners.abort();
      this.root.remove();
      for (const undo of this.undo) undo();
      const before = this.focusedBefore;
      if (before && before.isConnected) before.focus({ preventScroll: true });
      this.onGone();
      this.options.onClose();
    }
  }

  return class PaymentGateway {
    static version = "1.0.0";

    #options;
    #modal = null;
    #isDestroyed = false;

    constructor(options) {
      this.#options = check(options);
    }

    get isOpen() {
      return this.#modal !== null;
    }

    open() {
      if (this.#isDestroyed) throw misuse("destroyed", "destroyed.");
      if (!IS_PAGE || !document.body) throw misuse("no_body", "open() needs a page body.");
      if (location.origin === "null") {
        throw misuse("opaque_origin", "serve the page over https; a file has no origin.");
      }
      if (!isSecureContext && !this.#options.key.includes("_test_")) throw misuse("insecure_page", "serve the page over https; http is for test keys and localhost.");
      // A page that redraws itself may have thrown the modal away; what is left of it goes too.
      if (current && !current.root.isConnected) current.close();
      if (this.#modal) {
        this.#modal.frame.focus();
        return;
      }
      if (current || document.getElementById(MODAL_ID)) {
        this.#options.onError(misuse("already_open", "another checkout is open."));
        return;
      }
      current = this.#modal = new Modal(this.#options, () => {
        this.#modal = null;
      });
    }

    close() {
      if (this.#modal) this.#modal.close();
    }

    destroy() {
      this.close();
      this.#isDestroyed = true;
    }
  };
});
