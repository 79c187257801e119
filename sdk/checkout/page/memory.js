/*
 * What a reload may remember: which payment belongs to this order, or which request for one is under way.  Never card data: at most the vault's token.
 */
const key = (orderId) => "paywright:" + orderId;
const attemptKey = (orderId) => key(orderId) + ":attempt";

// Storage may be forbidden in a frame of another site; then a reload starts over.
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

export const recall = (orderId) => attempt(() => sessionStorage.getItem(key(orderId)));

export function remember(orderId, paymentId) {
  attempt(() => sessionStorage.setItem(key(orderId), paymentId));
  forgetAttempt(orderId);
}

export function forget(orderId) {
  attempt(() => sessionStorage.removeItem(key(orderId)));
  forgetAttempt(orderId);
}

// The request that may or may not have reached the gateway: {instrument, key}, or null.
export function recallAttempt(orderId) {
  const found = attempt(() => JSON.parse(sessionStorage.getItem(attemptKey(orderId))));
  return found && typeof found.key === "string" && found.instrument ? found : null;
}

export const rememberAttempt = (orderId, value) => attempt(() => sessionStorage.setItem(attemptKey(orderId), JSON.stringify(value)));
export const forgetAttempt = (orderId) => attempt(() => sessionStorage.removeItem(attemptKey(orderId)));
