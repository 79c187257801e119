/*
 * Card numbers and expiry dates: cleaning, grouping, Luhn, network.  Source: contract 1.5.2.
 */
const GROUPS = { amex: [4, 6, 5] };
const LONGEST = 19;

// Digits of any script become ASCII; everything else goes.
export function digitsOf(text) {
  return text.normalize("NFKC").replace(/\D/g, "");
}

export function networkOf(digits) {
  const head = Number(digits.slice(0, 2));
  if (digits.startsWith("4")) return "visa";
  if (digits.length < 2) return "unknown";
  if (head >= 51 && head <= 55) return "mastercard";
  if (head === 34 || head === 37) return "amex";
  if (head === 60 || head === 65 || (head >= 81 && head <= 89)) return "rupay";
  return "unknown";
}

export function passesLuhn(digits) {
  let total = 0;
  for (let index = 0; index < digits.length; index += 1) {
    let digit = Number(digits[digits.length - 1 - index]);
    if (index % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    total += digit;
  }
  return total % 10 === 0;
}

export function isCardNumber(digits) {
  return digits.length >= 13 && digits.length <= LONGEST && passesLuhn(digits);
}

export function groupNumber(digits) {
  const kept = digits.slice(0, networkOf(digits) === "amex" ? 15 : LONGEST);
  const sizes = GROUPS[networkOf(kept)] || [4, 4, 4, 4, 4];
  const parts = [];
  let at = 0;
  for (const size of sizes) {
    if (at < kept.length) parts.push(kept.slice(at, at + size));
    at += size;
  }
  return parts.join(" ");
}

export function codeLength(network) {
  return network === "amex" ? 4 : 3;
}

// "1230", "12/30", "12/2030", "1/30" and "5" all become MM/YY as far as they go.
export function groupExpiry(text, isDeleting) {
  const clean = text.normalize("NFKC");
  const slash = clean.search(/[/.-]/);
  let month = digitsOf(slash < 0 ? clean : clean.slice(0, slash));
  let year = slash < 0 ? "" : digitsOf(clean.slice(slash));
  if (slash < 0) {
    year = month.slice(2);
    month = month.slice(0, 2);
  }
  if ((month.length === 1 && (Number(month) > 1 || slash > 0))) month = "0" + month;
  month = month.slice(0, 2);
  year = year.length === 4 ? year.slice(2) : year.slice(0, year.startsWith("20") ? 4 : 2);
  if (month.length < 2 || (isDeleting && year === "" && slash < 0)) return month;
  return month + "/" + year;
}

// null when the text is no month of a year; a card is good through its last month.
export function parseExpiry(text, today = new Date()) {
  const match = /^(\d{2})\/(\d{2})$/.exec(text);
  if (!match) return null;
  const month = Number(match[1]);
  const year = 2000 + Number(match[2]);
  if (month < 1 || month > 12) return null;
  const isPast = year < today.getFullYear() || (year === today.getFullYear() && month < today.getMonth() + 1);
  return { month: match[1], year: String(year), isPast };
}
