/*
 * Banks of the net banking form: the code that the gateway passes on, and the name that the payer knows.
 */
export const BANKS = [
  ["HDFC", "HDFC Bank", "एचडीएफसी बैंक"],
  ["ICIC", "ICICI Bank", "आईसीआईसीआई बैंक"],
  ["SBIN", "State Bank of India", "भारतीय स्टेट बैंक"],
  ["UTIB", "Axis Bank", "एक्सिस बैंक"],
  ["KKBK", "Kotak Mahindra Bank", "कोटक महिंद्रा बैंक"],
  ["PUNB", "Punjab National Bank", "पंजाब नैशनल बैंक"],
  ["BARB", "Bank of Baroda", "बैंक ऑफ़ बड़ौदा"],
  ["CNRB", "Canara Bank", "केनरा बैंक"],
  ["YESB", "Yes Bank", "यस बैंक"],
  ["IDFB", "IDFC First Bank", "आईडीएफ़सी फ़र्स्ट बैंक"],
];
