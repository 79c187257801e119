"""
Cases: Lists and paging.
"""
