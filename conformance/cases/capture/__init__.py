"""
Requirements: capture.
"""
