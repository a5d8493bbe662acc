"""Arguments of an operation, checked before anything is sent, and put in their places."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final
from urllib.parse import quote

import orjson

from srp_portal.esi.catalogue import OperationSpec, Parameter

LANGUAGES: Final = ("en", "de", "fr", "ja", "ru", "zh", "ko", "es")


@dataclass(frozen=True)
class Arguments:
    """Where the arguments go: path filled in, query in order, body as JSON or None."""

    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes | None = field(repr=False)


def language_code(language: object) -> str:
    """The code of a language in which ESI answers; `en-us` is `en`.

    Raises ValueError for any other.
    """
    code = language.lower() if isinstance(language, str) else None
    code = "en" if code == "en-us" else code
    if code is None or code not in LANGUAGES:
        raise ValueError(f"{language!r} is not a language of ESI, those are {', '.join(LANGUAGES)}")
    return code


def settled(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as they are now: an iterator could be read only once, a list may change."""
    return {
        name: list(value)
        if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
        else value
        for name, value in arguments.items()
    }


def place(spec: OperationSpec, arguments: Mapping[str, Any]) -> Arguments:
    """Check arguments and put them where the operation wants them.

    None counts as not given. The body may be called `body` whatever its name. Raises
    TypeError for one that is unknown, missing or of a wrong type, ValueError for a text
    that can't stand in a path.
    """
    known = {parameter.name: parameter for parameter in spec.parameters}
    given = {name: value for name, value in arguments.items() if value is not None}
    bodies = [parameter.name for parameter in spec.parameters if parameter.place == "body"]
    if "body" not in known and bodies and bodies[0] not in given and "body" in given:
        # Today's specification has no name for it, and other libraries call it this.
        given[bodies[0]] = given.pop("body")
    for name in given:
        if name not in known:
            raise TypeError(_unknown(spec, name, known))
    missing = [p.name for p in spec.parameters if p.required and p.name not in given]
    if missing:
        raise TypeError(f"{spec.old_name}() needs {', '.join(missing)}")
    path = spec.path
    query: list[tuple[str, str]] = []
    body: bytes | None = None
    for parameter in spec.parameters:
        if parameter.name not in given:
            continue
        value = _checked(spec, parameter, given[parameter.name])
        if parameter.place == "path":
            path = path.replace("{" + parameter.name + "}", _segment(parameter, value))
        elif parameter.place == "query":
            query.extend(_query(parameter, value))
        else:
            body = orjson.dumps(value, default=_plain)
    return Arguments(path, tuple(query), body)


def _unknown(spec: OperationSpec, name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    hint = f", did you mean {close[0]!r}?" if close else ""
    return f"{spec.old_name}() has no parameter {name!r}{hint}"


def _checked(spec: OperationSpec, parameter: Parameter, value: Any) -> Any:
    try:
        if parameter.kind == "array":
            check = _CHECKS[parameter.items or "any"]
            return [check(item) for item in _array(value)]
        return _CHECKS[parameter.kind](value)
    except TypeError:
        wanted = parameter.kind + (f" of {parameter.items}" if parameter.items else "")
        message = f"{spec.old_name}(): {parameter.name} must be {wanted}, not {_kind(value)}"
        raise TypeError(message) from None


def _kind(value: object) -> str:
    return type(value).__name__


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return int(value)


def _number(value: Any) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError
    return value


def _string(value: Any) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if not isinstance(value, str):
        raise TypeError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError
    return dict(value)


def _array(value: Any) -> list[Any]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError
    return list(value)


def _anything(value: Any) -> Any:
    return value


_CHECKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "object": _object,
    "array": _array,
    # What a specification says nothing of, or too much.
    "any": _anything,
}


def _segment(parameter: Parameter, value: Any) -> str:
    text = str(value)
    # quote() leaves dots alone, and a segment of dots would climb to another operation.
    if text.strip(".") == "":
        raise ValueError(f"{parameter.name} can't be {text!r}")
    return quote(text, safe="")


def _query(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    if parameter.kind != "array":
        return [(parameter.name, _word(value))]
    words = [_word(item) for item in value]
    if parameter.joined:
        return [(parameter.name, ",".join(words))]
    return [(parameter.name, word) for word in words]


def _word(value: Any) -> str:
    if isinstance(value, list):
        # Pairs of solar systems in ESI's old route: 30000142|30000144.
        return "|".join(map(_word, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError
