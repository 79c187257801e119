"""
Requirements: recovery.
"""
