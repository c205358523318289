"""Changes that are asked about first: the button that confirms types the same command with the confirmation's code."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

from commands.context import Context
from commands.parameters import Parameter
from commands.reply import Reply
from commands.words import Words


class ConfirmationParameter(Parameter):
    """`confirm:CODE`, which a button adds; the code makes a change happen once however often it is pressed."""

    def take(self, words: Words) -> str | None:
        """Take the code."""
        found = next((word for word in words if re.fullmatch(r"confirm:\w{1,64}", word)), None)
        return words.take(found).partition(":")[2] if found else None


Confirmation = Annotated[str | None, ConfirmationParameter()]


def question(
    ctx: Context,
    line: str,
    text: str,
    facts: Sequence[tuple[str, str]],
    button: str,
    *,
    about: str = "",
    data: Mapping[str, Any] = MappingProxyType({}),
) -> Reply:
    """Ask whether to do what a line says.

    Args:
        ctx: who is asked.
        line: the command, complete.
        text: the question, in the reader's words.
        facts: what will be changed, by name.
        button: what to press for yes.
        about: identity of what is asked about, where it may be something else by the time of the answer.
        data: what `--json` tells beside the command that confirms.
    """
    code = hashlib.sha256(ctx.request_id.encode()).hexdigest()[:12] + (f"_{about}" if about else "")
    confirmed = f"{line} confirm:{code}"
    return Reply(
        "question",
        view={"text": text, "facts": facts, "button": button, "confirmed": confirmed},
        data=lambda: {"confirm": confirmed, **data},
    )


def is_about(confirmation: str, about: str) -> bool:
    """Whether a confirmation answers a question about the same."""
    return confirmation.partition("_")[2] == about
