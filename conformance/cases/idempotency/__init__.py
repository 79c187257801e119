"""
Requirements: idempotency.
"""
