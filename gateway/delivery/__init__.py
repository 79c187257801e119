"""
Outbound webhooks over HTTP.
"""
