/*! paywright loader | Apache-2.0 */
/*
 * Loads checkout.js once, from a bundle or a framework: null on a server, and a failed load may be tried again.
 */
const pending = new Map();

export function loadPaymentGateway({ host = new URL(import.meta.url).origin, integrity } = {}) {
  if (typeof window !== "object" || typeof document !== "object") return Promise.resolve(null);
  if (window.PaymentGateway) return Promise.resolve(window.PaymentGateway);
  const url = new URL("/checkout.js", host).href;
  if (!pending.has(url)) pending.set(url, insert(url, integrity));
  return pending.get(url);
}

function insert(url, integrity) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.crossOrigin = "anonymous";
    if (integrity) script.integrity = integrity;
    script.onload = () => (window.PaymentGateway ? resolve(window.PaymentGateway) : fail());
    script.onerror = fail;
    document.head.append(script);

    function fail() {
      pending.delete(url);
      script.remove();
      const error = new Error(`checkout.js could not be loaded from ${url}`);
      error.type = "SCRIPT_ERROR";
      error.code = "script_not_loaded";
      reject(error);
    }
  });
}
