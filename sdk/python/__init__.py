"""
The Python client: REST calls (`client.py`) and webhook verification (`webhooks.py`).
"""
