"""
How a case ends early, one class for each verdict that is not `pass`.
"""


class CaseEnd(Exception):
    """
    Base of all; the message is the reason in the report.
    """


class RequirementFailed(CaseEnd):
    """
    The target breaks the requirement: `fail`.
    """


class Dialect(CaseEnd):
    """
    The target differs from the contract where the contract is silent or many differ harmlessly: `dialect`.
    """


class Blocked(CaseEnd):
    """
    A precondition failed, so the requirement could not be looked at: `blocked`.
    """


class NotApplicable(CaseEnd):
    """
    The target declares that it lacks an optional feature: `not_applicable`.
    """


class Untested(CaseEnd):
    """
    There is no way to look from here (no channel): `untested`.
    """
