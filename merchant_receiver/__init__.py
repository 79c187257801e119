"""
A merchant's server: verifies webhooks over their raw bytes, keeps what it saw, and can be told to misbehave.
"""
