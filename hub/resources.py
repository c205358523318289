"""Links and guidance for partners, from a data file that a partner can replace."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from hub.names import fold

SHIPPED = Path(__file__).with_suffix(".toml")
RESERVED = frozenset({"all", "quick", "featured"})
"""Words that choose resources by something else than their kind."""


class UnusableResources(Exception):
    """The data file cannot be used; the message names the file, the line or entry, and what is wrong there."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Localized(_Strict):
    """A text in each language; where one lacks, the English one stands in."""

    en: str = Field(min_length=1)
    es: str | None = Field(default=None, min_length=1)

    def in_language(self, language: str) -> str:
        """Return the text for a reader."""
        return (self.es if language == "es" else None) or self.en


Text = Annotated[Localized, BeforeValidator(lambda value: {"en": value} if isinstance(value, str) else value)]


class Entry(_Strict):
    """A title, what it is about, and where it leads."""

    title: Text
    about: Text | None = None
    url: HttpUrl | None = None


class Resource(Entry):
    """A link that people search for."""

    url: HttpUrl
    kind: str
    quick: bool = False
    """Among the quick links."""
    featured: bool = False
    words: tuple[str, ...] = ()
    """Further words it is found by."""

    def has(self, word: str) -> bool:
        """Whether a word occurs in it, in any language, without case and accents."""
        texts = [self.title, *([self.about] if self.about else [])]
        searched = [text for each in texts for text in (each.en, each.es) if text]
        return any(fold(word) in fold(text) for text in (*searched, *self.words))


class Step(Entry):
    """A step of the getting-started guide."""

    command: str | None = Field(default=None, alias="try")
    """A command to type."""


class Resources(_Strict):
    """Everything in the file."""

    kinds: Mapping[str, Text]
    resources: tuple[Resource, ...]
    helpdesk: tuple[Entry, ...]
    start: tuple[Step, ...]

    @model_validator(mode="after")
    def _check_kinds(self) -> Self:
        if taken := RESERVED & set(self.kinds):
            raise ValueError(f"kinds: {min(taken)!r} means something else to `resources`; choose another word")
        for number, resource in enumerate(self.resources, start=1):
            if resource.kind not in self.kinds:
                known = ", ".join(self.kinds)
                raise ValueError(
                    f"resources {number} ({resource.title.en}), kind: {resource.kind!r} is none of {known}"
                )
        return self


def load(path: Path | None = None) -> Resources:
    """Read the file at a path, or the one that ships with the product.

    Raises:
        UnusableResources: it cannot be read; names the line or the entry.
    """
    path = path or SHIPPED
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Resources.model_validate(content)
    except OSError as error:
        raise UnusableResources(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnusableResources(f"{path}: it is not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise UnusableResources(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        where = _entry(first["loc"], content)
        raise UnusableResources(f"{path}: {where}: {said}" if where else f"{path}: {said}") from error


def _entry(place: tuple[int | str, ...], content: Mapping[str, Any]) -> str:
    """Name the entry a fault is in: its table, its number there, its title, its field."""
    match place:
        case (str(table), int(index), *fields):
            entry = content[table][index]
            title = entry.get("title") if isinstance(entry, dict) else None
            named = title.get("en") if isinstance(title, dict) else title
            field = ".".join(str(part) for part in fields)
            return f"{table} {index + 1}" + (f" ({named})" if named else "") + (f", {field}" if field else "")
        case _:
            return ".".join(str(part) for part in place)
