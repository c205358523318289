"""What goes wrong in an expected way.

    CommandError            a text for the person, and what to do about it
    ├── NotUnderstood       the words make no command
    ├── NotAllowed          the role does not cover it, or somebody in the space may not see it
    ├── NotFound            what was named does not exist (or may not be seen)
    └── Ambiguous           several things fit; the person chooses

Anything else is unexpected: the person gets an apology with a reference, the log the detail.
"""

from collections.abc import Sequence

from templates.texts import Texts


class CommandError(Exception):
    """A clear answer to something that cannot be done: what, and how to mend it.

    Args:
        text: what is wrong; a text of the catalogue with `%(name)s` values.
        hint: what to do; likewise.
        suggestions: commands to offer as buttons, as they would be typed.
        values: fills both texts; what is called with the reader's texts gives the value in their words, and
            `command`, `example` and `suggestion` are commands as they were declared.
    """

    def __init__(
        self, text: str, *, hint: str | None = None, suggestions: Sequence[str] = (), **values: object
    ) -> None:
        super().__init__(text % values if values else text)
        self.text = text
        self.hint = hint
        self.suggestions = tuple(suggestions)
        self.values = values
        self.texts: Texts | None = None
        """The language of the command's name, where it was understood so far; None: the asker's."""


class NotUnderstood(CommandError):
    """The words make no command, or an argument makes no sense.

    `correction` is a word that was typed and the one that was probably meant.
    """

    def __init__(
        self,
        text: str,
        *,
        hint: str | None = None,
        suggestions: Sequence[str] = (),
        correction: tuple[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(text, hint=hint, suggestions=suggestions, **values)
        self.correction = correction


class NotAllowed(CommandError):
    """The person's role does not cover it, or somebody in the space may not see the answer.

    `privately` is the command to run one-to-one instead, where that helps.
    """

    def __init__(
        self,
        text: str,
        *,
        hint: str | None = None,
        suggestions: Sequence[str] = (),
        privately: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(text, hint=hint, suggestions=suggestions, **values)
        self.privately = privately


class NotFound(CommandError):
    """What was named does not exist, or not for this person."""


class Ambiguous(CommandError):
    """Several things fit what was named.

    Args:
        text: the question; a text of the catalogue.
        choices: what to show, and the command that choosing it runs.
        values: fills the question.
    """

    def __init__(self, text: str, *, choices: Sequence[tuple[str, str]], **values: object) -> None:
        super().__init__(text, hint=None, suggestions=(), **values)
        self.choices = tuple(choices)
