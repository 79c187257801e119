/*
 * What a reload may remember: which payment belongs to this order.  Nothing else is ever stored.
 */
const key = (orderId) => "paywright:" + orderId;

// Storage may be forbidden in a frame of another site; then a reload starts over.
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

export const recall = (orderId) => attempt(() => sessionStorage.getItem(key(orderId)));
export const remember = (orderId, paymentId) => attempt(() => sessionStorage.setItem(key(orderId), paymentId));
export const forget = (orderId) => attempt(() => sessionStorage.removeItem(key(orderId)));
