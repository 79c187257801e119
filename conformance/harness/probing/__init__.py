"""
`paywright probe`: finds a target's dialect by asking, and writes its profile.
"""
