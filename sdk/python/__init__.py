"""
paywright's Python client: webhook verification today; the REST client lands with the SDK issue.
"""
