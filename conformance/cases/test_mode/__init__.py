"""
Requirements: test_mode.
"""
