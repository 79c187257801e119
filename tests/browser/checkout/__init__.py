"""
The checkout in a real browser.
"""
