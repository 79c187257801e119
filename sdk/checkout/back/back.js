/*
 * Where a bank leads back to: tells the checkout around this frame to ask for the outcome at once.  Carries no outcome itself.
 */
if (window.parent !== window) window.parent.postMessage("challenge_returned", location.origin);
