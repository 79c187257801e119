"""
Cases: The error envelope.
"""
