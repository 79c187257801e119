"""
Requirements: security.
"""
