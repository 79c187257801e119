"""
The demo shop in a real browser, on the real gateway, bank and receiver.
"""
