"""
What merchants install: the Python client and the checkout.
"""
