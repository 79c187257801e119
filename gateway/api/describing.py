"""
The bricks of the OpenAPI document.
"""

from typing import Any, Final

from gateway.services.listing import FILTERS

Document = dict[str, Any]
ERRORS: Final = {
    400: "malformed, or forbidden by a rule of the contract",
    401: "bad credentials",
    404: "no such object of this merchant",
    405: "the path does not know the method",
    409: "in progress, or the state forbids it",
    413: "the body is too large",
    415: "not application/json",
    422: "the idempotency key belongs to another request",
    429: "too many requests",
    503: "a part is away; nothing was done",
}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "1 to 255 printable ASCII characters; repeats of the request get the stored answer for 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
PAGE: Final = [
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}},
    {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0}},
    {"name": "cursor", "in": "query", "description": "the last id of the page before", "schema": {"type": "string", "maxLength": 128}},
    {"name": "created_from", "in": "query", "schema": {"type": "string", "format": "date-time"}},
    {"name": "created_to", "in": "query", "description": "not part of the range", "schema": {"type": "string", "format": "date-time"}},
    {"name": "count", "in": "query", "description": "none: do not count, total is null", "schema": {"enum": ["none", "all"], "default": "all"}},
]  # fmt: skip
_FILTER: Final = {"type": "string", "minLength": 1, "maxLength": 64}
_AMOUNT: Final = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}


def ref(name: str) -> Document:
    """
    A reference to a schema of `SCHEMAS`.
    """
    return {"$ref": f"#/components/schemas/{name}"}


def json_answer(schema: Document, description: str) -> Document:
    """
    A JSON answer.
    """
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def operation(
    operation_id: str,
    summary: str,
    *,
    answers: Document,
    body: str | None = None,
    body_required: bool = True,
    public: bool = False,
    parameters: list[Document] | None = None,
) -> Document:
    """
    One method of a path, with every error that it can answer.
    """
    responses: Document = dict(answers)
    for status, description in ERRORS.items():
        if status != 401 or not public:  # noqa: PLR2004  credentials
            responses.setdefault(str(status), json_answer(ref("Error"), description))
    described: Document = {"operationId": operation_id, "summary": summary, "responses": responses}
    if body is not None:
        described["requestBody"] = {
            "required": body_required,
            "content": {"application/json": {"schema": ref(body)}},
        }
    if parameters:
        described["parameters"] = parameters
    if public:
        described["security"] = []
    return described


def path_parameter(name: str, prefix: str) -> Document:
    """
    An id in the path; an empty prefix means a UUID.
    """
    pattern = f"^{prefix}[A-Za-z0-9]{{16}}$" if prefix else "^[0-9a-f-]{36}$"
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": pattern},
    }


def ok(schema: str, status: int = 200) -> Document:
    """
    The answer when all went well.
    """
    return {str(status): json_answer(ref(schema), "done")}


def listing(operation_id: str, schema: str) -> Document:
    """
    A list of the merchant with its filters; the operation is `list_` and the list's name.
    """
    name = operation_id.removeprefix("list_").replace("_", "-")
    filters = [
        {"name": field, "in": "query", "schema": _AMOUNT if field == "amount" else _FILTER}
        for field in FILTERS[name]
    ]
    return operation(operation_id, f"List {name}", answers=ok(schema), parameters=[*PAGE, *filters])
