"""
The dashboard: see, steer and step through everything, over the REST API alone.
"""
