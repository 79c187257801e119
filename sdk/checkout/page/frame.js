/*
 * Talks with the merchant's page around this frame: exact origins both ways, one nonce, rising numbers.  Protocol: docs/checkout.md.
 */
const NONCE = /^[A-Za-z0-9_-]{22,64}$/;

// Whether a CSP source of the server's list admits the origin.
export function admits(source, origin) {
  if (source === "'self'") return origin === location.origin;
  if (source === origin) return true;
  if (source === "https:" || source === "http:") return origin.startsWith(source + "//");
  const [scheme, rest] = source.split("://");
  if (!rest) return false;
  const match = /^([^:]+)(?::(\d+|\*))?$/.exec(rest);
  let url;
  try {
    url = new URL(origin);
  } catch {
    return false;
  }
  if (!match || url.protocol !== scheme + ":") return false;
  const [, host, port = ""] = match;
  const isHost = host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
  return isHost && (port === "*" || port === url.port);
}

// Where a page that never said hello comes from, as the browser tells it: merchants with a script of their own.
function browserSays() {
  if (location.ancestorOrigins && location.ancestorOrigins.length > 0) return location.ancestorOrigins[0];
  try {
    return new URL(document.referrer).origin;
  } catch {
    return null;
  }
}

export class Frame {
  constructor(sources, { onInit, onConfirmClose }) {
    this.isEmbedded = window.parent !== window;
    this.sources = sources;
    this.onInit = onInit;
    this.onConfirmClose = onConfirmClose;
    this.origin = null;
    this.nonce = undefined;
    this.sentSeq = 0;
    this.seenSeq = 0;
    if (this.isEmbedded) window.addEventListener("message", (event) => this.#receive(event));
  }

  #isAllowed(origin) {
    return this.sources.some((source) => admits(source, origin));
  }

  #receive({ origin, source, data: message }) {
    if (source !== window.parent || !this.#isAllowed(origin)) return;
    if (message === null || typeof message !== "object" || !Number.isInteger(message.seq)) return;
    if (message.type === "init") this.#begin(origin, message);
    else if (origin === this.origin && message.nonce === this.nonce && message.seq > this.seenSeq) {
      this.seenSeq = message.seq;
      if (message.type === "confirm_close") this.onConfirmClose();
    }
  }

  // The first hello counts; whoever repeats it, or says another, is not heard.
  #begin(origin, { nonce, seq, data }) {
    if (this.nonce !== undefined || typeof nonce !== "string" || !NONCE.test(nonce)) return;
    this.origin = origin;
    this.nonce = nonce;
    this.seenSeq = seq;
    this.post("checkout_loaded");
    this.onInit(data !== null && typeof data === "object" ? data : {});
  }

  post(type, data) {
    if (!this.isEmbedded) return;
    const origin = this.origin || browserSays();
    if (!origin || origin === "null" || !this.#isAllowed(origin)) return;
    this.sentSeq += 1;
    window.parent.postMessage({ type, data, nonce: this.nonce, seq: this.sentSeq }, origin);
  }
}
