"""Webex's official interface descriptions, as far as the project keeps them: operations by method and path.

Subsets of webex/webex-openapi-specs (CC BY 4.0) in OpenAPI 3.0. What is wrong in them stands in `corrections.py`.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.contract.corrections import CORRECTIONS, Correction

Json = dict[str, Any]

NAMES = ("webex-admin-subset", "webex-messaging-subset", "webex-calling-subset")
"""Where two have the same operation, the first one's counts."""
HINT = (
    "The official Webex descriptions are missing. Lay webex-admin-subset.json, webex-messaging-subset.json and "
    "webex-calling-subset.json (from github webex/webex-openapi-specs) into ../shared/openapi beside the project, "
    "or set WEBEX_OPENAPI_DIR to their folder."
)
_METHODS = ("get", "post", "put", "patch", "delete")
_BUILT_IN = Path(__file__).parents[3] / "shared" / "openapi"


def folder() -> Path | None:
    """Where the descriptions are; None where they are missing."""
    found = Path(os.environ.get("WEBEX_OPENAPI_DIR") or _BUILT_IN)
    return found if all((found / f"{name}.json").is_file() for name in NAMES) else None


@dataclass(frozen=True)
class Parameter:
    """One parameter of the path or the query, with its schema."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """A JSON value: its schema, and the examples that the description gives of it."""

    schema: Mapping[str, Any]
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation; `answers` holds the statuses, with the shape where a body is described."""

    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Shape | None
    answers: Mapping[int, Shape | None]
    pattern: re.Pattern[str] = field(repr=False)

    @property
    def name(self) -> str:
        """Such as `GET /people/{personId}`."""
        return f"{self.method} {self.path}"

    def in_query(self) -> Iterator[Parameter]:
        """The parameters that stand in the query."""
        return (parameter for parameter in self.parameters if parameter.place == "query")


@dataclass(frozen=True)
class Official:
    """Every operation; those of fewer path parameters come first, as `/people/me` before `/people/{personId}`."""

    operations: tuple[Operation, ...]

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a request, whose path begins after `/v1`."""
        return next((one for one in self.operations if one.method == method and one.pattern.fullmatch(path)), None)


@cache
def read(corrections: tuple[Correction, ...] = CORRECTIONS) -> Official:
    """The descriptions, with what is wrong in them put right; FileNotFoundError where they are missing."""
    place = folder()
    if place is None:
        raise FileNotFoundError(HINT)
    found: dict[tuple[str, str], Operation] = {}
    for name in NAMES:
        document = _raw(place / f"{name}.json")
        wanted = [correction for correction in corrections if correction.document == name]
        if wanted:
            document = deepcopy(document)
            for correction in wanted:
                correction.apply(document)
        for operation in _operations(document):
            found.setdefault((operation.method, operation.path), operation)
    return Official(tuple(sorted(found.values(), key=lambda one: (one.path.count("{"), one.path))))


@cache
def _raw(path: Path) -> Json:
    document: Json = json.loads(path.read_bytes())
    return document


def _operations(document: Json) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield _operation(document, method.upper(), path, item[method])


def _operation(document: Json, method: str, path: str, raw: Json) -> Operation:
    parameters = tuple(
        Parameter(one["name"], one["in"], bool(one.get("required")), one["schema"])
        for one in raw.get("parameters", ())
        if one["in"] in ("path", "query")
    )
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
    answers = {int(status): _shape(document, answer) for status, answer in raw["responses"].items()}
    return Operation(method, path, parameters, _shape(document, raw.get("requestBody", {})), answers, pattern)


def _shape(document: Json, described: Json) -> Shape | None:
    content = described.get("content", {}).get("application/json")
    if not content or "schema" not in content:
        return None
    examples = (content["example"],) if "example" in content else ()
    return Shape(_inlined(document, content["schema"]), examples)


def _inlined(document: Json, value: Any) -> Any:
    """The value with every `$ref` replaced by what it names; none of the descriptions refers to itself."""
    if isinstance(value, dict):
        if "$ref" in value:
            return _inlined(document, document["components"]["schemas"][value["$ref"].rsplit("/", 1)[1]])
        return {name: inner if name == "example" else _inlined(document, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_inlined(document, inner) for inner in value]
    return value
