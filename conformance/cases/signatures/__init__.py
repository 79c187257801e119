"""
Requirements: signatures.
"""
