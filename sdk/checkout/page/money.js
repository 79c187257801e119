/*
 * Amounts for people: minor units in, the payer's locale out.
 *
 * The decimals come from ISO 4217, not from Intl: CLDR shows IQD, LAK and others without decimals, which would be wrong by a factor of 100 or 1000.
 */
const NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ");
const THREE = "BHD IQD JOD KWD LYD OMR TND".split(" ");

export function exponent(currency) {
  if (NONE.includes(currency)) return 0;
  return THREE.includes(currency) ? 3 : 2;
}

// The amount as decimal text, exact up to 2^53-1 where a division would not be.
export function decimal(amountMinor, currency) {
  const places = exponent(currency);
  const digits = String(amountMinor).padStart(places + 1, "0");
  return places === 0 ? digits : digits.slice(0, -places) + "." + digits.slice(-places);
}

export function formatAmount(amountMinor, currency, language) {
  const places = exponent(currency);
  const locale = language === "hi" ? "hi-IN" : currency === "INR" ? "en-IN" : "en";
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: places, maximumFractionDigits: places });
  return format.format(decimal(amountMinor, currency));
}
