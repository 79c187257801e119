"""
The simulated bank: issuer and acquirer in one, a party of its own.  It speaks docs/bank-wire.md and knows nothing of any gateway.
"""
