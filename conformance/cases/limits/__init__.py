"""
Cases: The HTTP layer: sizes, methods, paths, headers.
"""
