"""
Requirements: retries.
"""
