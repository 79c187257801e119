"""
Makes methods of the functions that build calls: same name, same arguments, same documentation, in every client.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def described(method: Method, build: Callable[..., Any], *, iterates: bool = False) -> Method:
    """
    The method with the builder's documentation and arguments, for `help()` and editors.
    """
    signature = inspect.signature(build)
    me = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    name = build.__name__.replace("list_", "iterate_", 1) if iterates else build.__name__
    method.__name__ = method.__qualname__ = name
    method.__doc__ = (
        (build.__doc__ or "").replace("A page of", "All", 1) if iterates else build.__doc__
    )
    parameters = [me, *signature.parameters.values()]
    method.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return method
