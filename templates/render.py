"""Cards and Markdown from Jinja templates: `cards/NAME.json.j2` and `messages/NAME.md.j2`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from templates import escape
from templates.catalogue import catalogue
from templates.texts import Texts
from templates.vocabulary import label

FOLDER = Path(__file__).parent
_json = json.JSONEncoder(ensure_ascii=False).encode


def markdown(name: str, texts: Texts, **view: Any) -> str:
    """Render the message of a name. An unknown variable in a template is an error."""
    return _environment(texts).get_template(f"messages/{name}.md.j2").render(**view).strip()


def card(name: str, texts: Texts, **view: Any) -> dict[str, Any]:
    """Render the Adaptive Card of a name."""
    rendered = _environment(texts).get_template(f"cards/{name}.json.j2").render(**view)
    parsed: dict[str, Any] = json.loads(rendered)
    return parsed


@cache
def _environment(texts: Texts) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,
    )
    environment.install_gettext_translations(catalogue(texts.language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        md=escape.markdown,
        line=escape.one_line,
        short=escape.shortened,
        json=_json,
        number=texts.number,
        percent=texts.percent,
        day=texts.day,
        moment=texts.moment,
        label=lambda code: label(code, texts),
    )
    return environment
