"""
The pages in the order of the side bar.
"""

from typing import Final

#: Section, then (path, label).
SECTIONS: Final = (
    (
        "",
        (
            ("/dashboard", "Home"),
            ("/dashboard/transactions", "Transactions"),
            ("/dashboard/orders", "Orders"),
            ("/dashboard/refunds", "Refunds"),
        ),
    ),
    (
        "Developers",
        (
            ("/dashboard/webhooks", "Webhooks"),
            ("/dashboard/events", "Events"),
            ("/dashboard/requests", "Request log"),
            ("/dashboard/queues", "Queues"),
            ("/dashboard/docs", "Docs"),
        ),
    ),
    (
        "Money",
        (
            ("/dashboard/ledger", "Ledger"),
            ("/dashboard/reconciliation", "Reconciliation"),
        ),
    ),
    (
        "Test bench",
        (
            ("/dashboard/bank", "Bank"),
            ("/dashboard/clock", "Clock"),
            ("/dashboard/conformance", "Conformance"),
        ),
    ),
)
