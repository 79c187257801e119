// A merchant's webhook handler on Node alone: `node shop.js SCHEME [MISTAKE]` prints its port and serves until it is ended.
const crypto = require("node:crypto");
const http = require("node:http");

const SECRET = "whsec_test_abc123";
const SIGNING_KEY = Buffer.from("wnU/dTajsA5waseqSk+21RJpQ+u/X1/LJFXAXQIpG3I=", "base64");
const [scheme, mistake] = process.argv.slice(2);
const effects = new Map();

function same(left, right) {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && crypto.timingSafeEqual(a, b);
}

function verified(headers, raw) {
  const body = mistake === "reserialises" ? Buffer.from(JSON.stringify(JSON.parse(raw.toString()))) : raw;
  if (scheme === "hex") {
    const expected = crypto.createHmac("sha256", SECRET).update(body).digest("hex");
    return same(expected, (headers["x-webhook-signature"] || "").toLowerCase());
  }
  const id = headers["webhook-id"], time = headers["webhook-timestamp"];
  if (!id || !/^\d{1,11}$/.test(time || "")) return false;
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  const expected = "v1," + crypto.createHmac("sha256", SIGNING_KEY).update(signed).digest("base64");
  return (headers["webhook-signature"] || "").split(" ").some((entry) => same(expected, entry));
}

function paid(raw) {
  try {
    const document = JSON.parse(raw.toString());
    const payment = document && document.data && document.data.payment;
    const id = payment && payment.id;
    return document && document.event === "payment.success" && typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}

function take(headers, raw) {
  if (mistake === "throws") {
    const document = JSON.parse(raw.toString());
    return verified(headers, raw) ? book(document.event === "payment.success" ? document.data.payment.id : null) : 401;
  }
  return verified(headers, raw) ? book(paid(raw)) : 401;
}

function book(payment) {
  if (payment && (mistake === "never_dedupes" || !effects.has(payment))) {
    effects.set(payment, (effects.get(payment) || 0) + 1);
  }
  return 200;
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const answer = (status, document) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(document));
  };
  if (request.method === "GET") {
    const known = url.pathname === "/effects";
    return answer(known ? 200 : 404, { count: effects.get(url.searchParams.get("payment")) || 0 });
  }
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    try {
      answer(take(request.headers, Buffer.concat(pieces)), {});
    } catch {
      answer(500, {});
    }
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
