/*
 * The inputs of the three forms: formatting while typing, checking, what goes to the flow.
 */
import { codeLength, digitsOf, groupExpiry, groupNumber, isCardNumber, networkOf, parseExpiry } from "./card.js";

// Contract 1.5.2.
const VPA = /^[a-zA-Z0-9._-]+@[a-zA-Z0-9]+$/;
const ICONS = { visa: "Visa", mastercard: "Mastercard", amex: "American Express", rupay: "RuPay", unknown: "" };

export class Fields {
  // `say(key, values)` translates.
  constructor(root, say) {
    this.say = say;
    this.input = (name) => root.querySelector(`[data-field="${name}"]`);
    this.problem = (name) => root.querySelector(`[data-problem="${name}"]`);
    this.icon = root.querySelector("[data-network-icon]");
    this.problems = new Map();
    this.#format("number", groupNumber, digitsOf);
    this.#formatExpiry();
    this.#format("cvv", (digits) => digits.slice(0, codeLength(this.network)), digitsOf);
    for (const name of ["vpa", "number", "expiry", "cvv", "holder", "bank"]) {
      const input = this.input(name);
      input.addEventListener("input", () => this.clear(name));
      input.addEventListener("blur", () => this.#later(() => input.value.trim() !== "" && this.#verify(name)));
    }
    for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
      document.addEventListener(type, () => (this.isPointerDown = type === "pointerdown"), true);
    }
  }

  // A complaint that appears between the press and the release would move the button away from under the pointer.
  #later(action) {
    if (!this.isPointerDown) action();
    else document.addEventListener("pointerup", () => setTimeout(action), { once: true });
  }

  get network() {
    return networkOf(digitsOf(this.input("number").value));
  }

  // Groups digits and keeps the caret after the digit that it followed.
  #format(name, group, clean) {
    const input = this.input(name);
    input.addEventListener("input", () => {
      const before = clean(input.value.slice(0, input.selectionStart)).length;
      const formatted = group(clean(input.value));
      if (formatted !== input.value) {
        input.value = formatted;
        let caret = 0;
        for (let seen = 0; seen < before && caret < formatted.length; caret += 1) if (/\d/.test(formatted[caret])) seen += 1;
        if (document.activeElement === input) input.setSelectionRange(caret, caret);
      }
      if (name === "number") this.showNetwork();
    });
  }

  #formatExpiry() {
    const input = this.input("expiry");
    input.addEventListener("input", (event) => {
      const isDeleting = (event.inputType || "").startsWith("delete");
      const formatted = groupExpiry(input.value, isDeleting);
      if (formatted !== input.value) input.value = formatted;
    });
  }

  showNetwork() {
    const { network } = this;
    if (network === this.icon.dataset.network) return;
    this.icon.src = this.icon.dataset.base + network + ".svg";
    this.icon.alt = ICONS[network];
    this.icon.dataset.network = network;
    const count = codeLength(network);
    this.input("cvv").placeholder = "•".repeat(count);
    this.input("cvv").maxLength = count;
  }

  // The text key of what is wrong, or null.
  #wrong(name) {
    const value = this.input(name).value.trim();
    switch (name) {
      case "vpa":
        return value === "" ? "error_vpa_empty" : VPA.test(value) ? null : "error_vpa";
      case "number": {
        const digits = digitsOf(value);
        if (digits === "") return "error_number_empty";
        if (isCardNumber(digits)) return null;
        return digits.length < 13 ? "error_number_short" : "error_number";
      }
      case "expiry": {
        const expiry = parseExpiry(value);
        if (value === "") return "error_expiry_empty";
        return expiry === null ? "error_expiry" : expiry.isPast ? "error_expired" : null;
      }
      case "cvv":
        return digitsOf(value).length === codeLength(this.network) ? null : "error_cvv";
      case "holder":
        if (digitsOf(value).length >= 12) return "error_holder_digits";
        return value === "" ? "error_holder" : null;
      default:
        return value === "" ? "error_bank" : null;
    }
  }

  #verify(name) {
    const key = this.#wrong(name);
    if (key) this.mark(name, key);
    else this.clear(name);
    return key === null;
  }

  mark(name, key) {
    this.problems.set(name, key);
    this.problem(name).textContent = this.say(key, { count: codeLength(this.network) });
    this.problem(name).hidden = false;
    this.input(name).setAttribute("aria-invalid", "true");
  }

  clear(name) {
    this.problems.delete(name);
    this.problem(name).hidden = true;
    this.input(name).removeAttribute("aria-invalid");
  }

  // After a change of language.
  restate() {
    for (const [name, key] of this.problems) this.mark(name, key);
  }

  // The flow's details, or null after the first wrong field got the focus.
  read(method) {
    const names = { upi: ["vpa"], card: ["number", "expiry", "cvv", "holder"], netbanking: ["bank"] }[method];
    const wrong = names.filter((name) => !this.#verify(name));
    if (wrong.length > 0) {
      this.input(wrong[0]).focus();
      return null;
    }
    const value = (name) => this.input(name).value.trim();
    if (method === "upi") return { method, vpa: value("vpa") };
    if (method === "netbanking") return { method, bank_code: value("bank") };
    const expiry = parseExpiry(value("expiry"));
    const card = { number: digitsOf(value("number")), expiry_month: expiry.month, expiry_year: expiry.year, cvv: value("cvv"), holder_name: value("holder") };
    return { method, card };
  }

  // Card data leaves the page's fields as soon as it is not needed there.
  wipe(names) {
    for (const name of names) {
      this.input(name).value = "";
      this.clear(name);
    }
    this.showNetwork();
  }

  fillTestDetails(method) {
    const year = String((new Date().getFullYear() + 4) % 100).padStart(2, "0");
    const details = {
      upi: { vpa: "success@paywright" },
      card: { number: "4242 4242 4242 4242", expiry: "12/" + year, cvv: "123", holder: "Asha Rao" },
      netbanking: { bank: "HDFC" },
    }[method];
    for (const [name, value] of Object.entries(details)) {
      this.input(name).value = value;
      this.clear(name);
    }
    this.showNetwork();
  }
}
