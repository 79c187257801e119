"""
SAQ, the runner and the sweeper: how workers find what is due.
"""
