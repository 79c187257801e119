"""
What cases stand on: target, recording client, inbox, expectations, verdicts, evidence, reports.
"""
