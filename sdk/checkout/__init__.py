"""
The checkout: the script for the merchant's page, the hosted checkout page, the demo shop, and the small server of port 3001.
"""
