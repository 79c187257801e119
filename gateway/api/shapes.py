"""
The bricks of JSON Schemas.
"""

from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
INSTANT_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
MINOR: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
CURRENCY: Final[Schema] = {"type": "string", "pattern": "^[A-Z]{3}$"}


def id_of(prefix: str) -> Schema:
    """
    An id with this prefix.
    """
    return {"type": "string", "pattern": f"^{prefix}[A-Za-z0-9]{{16}}$"}


def object_of(
    required: dict[str, Schema], optional: dict[str, Schema] | None = None, *, closed: bool = True
) -> Schema:
    """
    An object of these members; `closed` ones have no others.
    """
    schema: Schema = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }
    if closed:
        schema["additionalProperties"] = False
    return schema


def page_of(row: str) -> Schema:
    """
    The envelope of a list of `row` (a name of `SCHEMAS`); `total` is null when the caller asked with `count=none`.
    """
    return object_of(
        {
            "data": {"type": "array", "items": {"$ref": f"#/components/schemas/{row}"}},
            "total": {"type": ["integer", "null"], "minimum": 0},
            "limit": COUNT,
            "offset": COUNT,
            "has_more": {"type": "boolean"},
            "next_cursor": TEXT_OR_NULL,
        }
    )
