"""
The bank as the gateway sees it: our copy of the wire contract in docs/bank-wire.md.
"""
