"""From a described shape to a check: a compiled validator that knows no other properties than those described."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import fastjsonschema
from fastjsonschema import JsonSchemaValueException

from tests.contract.documents import Shape

Check = Callable[[Any], str | None]
"""Says what is wrong with a value, or None."""


def check_for(shape: Shape) -> Check:
    """The check of a shape. A property that neither schema nor examples know is wrong, as is a wrong type."""
    return _compiled(json.dumps(_strict(shape.schema, shape.examples), sort_keys=True))


@lru_cache(maxsize=1024)
def _compiled(schema: str) -> Check:
    validate = fastjsonschema.compile(json.loads(schema), use_default=False)

    def check(value: Any) -> str | None:
        try:
            validate(value)
        except JsonSchemaValueException as error:
            return f"{error.message}, not {error.value!r:.80}"
        return None

    return check


def _strict(schema: Mapping[str, Any], examples: tuple[Any, ...]) -> dict[str, Any]:
    """The schema for JSON Schema's eyes: descriptions gone, objects closed; what examples show beyond it is known."""
    strict = {name: schema[name] for name in ("type", "enum", "required") if name in schema}
    if "properties" in schema:
        shown = [example for example in examples if isinstance(example, dict)]
        properties = {
            name: _strict(inner, _own(inner) + tuple(one[name] for one in shown if name in one))
            for name, inner in schema["properties"].items()
        }
        for example in shown:
            for name in example.keys() - properties.keys():
                properties[name] = {}
        strict |= {"properties": properties, "additionalProperties": False}
    if "items" in schema:
        inside = tuple(item for example in examples if isinstance(example, list) for item in example)
        strict["items"] = _strict(schema["items"], inside + _own(schema["items"]))
    return strict


def _own(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    return (schema["example"],) if "example" in schema else ()
