"""
Cases: Races: bursts over warm connections.
"""
