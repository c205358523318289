"""What goes wrong in an expected way.

    CommandError            a text for the person, and what to do about it
    ├── NotUnderstood       the words make no command
    ├── NotAllowed          the role does not cover it, or somebody in the space may not see it
    └── NotFound            what was named does not exist (or may not be seen)

Anything else is unexpected: the person gets an apology with a reference, the log the detail.
"""

from collections.abc import Sequence


class CommandError(Exception):
    """A clear answer to something that cannot be done: what, and how to mend it.

    Args:
        text: what is wrong; a text of the catalogue with `%(name)s` values.
        hint: what to do; likewise.
        suggestions: commands to offer as buttons, as they would be typed.
        values: fills both texts.
    """

    def __init__(
        self, text: str, *, hint: str | None = None, suggestions: Sequence[str] = (), **values: object
    ) -> None:
        super().__init__(text % values if values else text)
        self.text = text
        self.hint = hint
        self.suggestions = tuple(suggestions)
        self.values = values


class NotUnderstood(CommandError):
    """The words make no command, or an argument makes no sense."""


class NotAllowed(CommandError):
    """The person's role does not cover it, or somebody in the space may not see the answer."""


class NotFound(CommandError):
    """What was named does not exist, or not for this person."""
