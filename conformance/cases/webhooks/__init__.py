"""
Requirements: webhooks.
"""
