"""
The control API of money: accounts, disputes, and what the statements get wrong.
"""

from typing import cast

from quart import Blueprint, Response, current_app

from simulator.book.accounts import Accounts
from simulator.book.disputes import REASONS, Disputes
from simulator.book.statement import StatementBook
from simulator.control.sending import CallbackSender
from simulator.domain.reading import Node, optional
from simulator.domain.scenario import read_account
from simulator.domain.settlement import read_settlement_faults
from simulator.wire import bank_id, read_object, respond

money = Blueprint("money", __name__, url_prefix="/control")


def _accounts() -> Accounts:
    return cast("Accounts", current_app.config["ACCOUNTS"])


def _disputes() -> Disputes:
    return cast("Disputes", current_app.config["DISPUTES"])


def _wake() -> None:
    cast("CallbackSender", current_app.config["SENDER"]).wake()


@money.put("/accounts")
async def put_account() -> Response:
    """
    `{vpa | pan | bank_code, balance, currency?}`: the payer has this much and no more.
    """
    account = _accounts().open(bank_id(), read_account(Node(await read_object())))
    return respond({"account": account})


@money.get("/accounts")
async def get_accounts() -> Response:
    """
    Accounts with balance, holds, and what is left.
    """
    return respond({"accounts": _accounts().listed(bank_id())})


@money.put("/settlement-faults")
async def put_settlement_faults() -> Response:
    """
    `{"faults": [{kind, request_id, amount?}]}` replaces what this bank's statements get wrong.
    """
    members = Node(await read_object()).members(("faults",), required=("faults",))
    faults = read_settlement_faults(members["faults"])
    cast("StatementBook", current_app.config["STATEMENTS"]).program(bank_id(), faults)
    return respond({"count": len(faults)})


@money.get("/disputes")
async def get_disputes() -> Response:
    """
    Every dispute of this bank.
    """
    return respond({"disputes": _disputes().listed(bank_id())})


@money.post("/disputes")
async def post_dispute() -> Response:
    """
    `{payment_reference, reason?, amount?}`: the payer disputes a captured payment.
    """
    members = Node(await read_object()).members(
        ("payment_reference", "reason", "amount"), required=("payment_reference",)
    )
    dispute = _disputes().open(
        bank_id(),
        members["payment_reference"].text(),
        reason=optional(members, "reason", lambda node: node.choice(REASONS), "general"),
        amount=optional(members, "amount", lambda node: node.number(least=1), None),
    )
    _wake()
    return respond(dispute, 201)


@money.post("/disputes/<dispute_id>/<any(won,lost):result>")
async def post_dispute_result(dispute_id: str, result: str) -> Response:
    """
    The acquirer wins or loses.
    """
    dispute = _disputes().close(bank_id(), dispute_id, won=result == "won")
    _wake()
    return respond(dispute)
