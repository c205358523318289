"""Declaring commands, and finding the one that somebody typed."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from rapidfuzz import fuzz, process

from commands import access
from commands.access import Access
from commands.context import Context
from commands.errors import NotUnderstood
from commands.parameters import Parameter
from commands.phrases import Phrase, Typed
from commands.reply import Reply
from commands.words import Words, normalise
from hub.access import Needs
from hub.names import fold
from templates.catalogue import N_

if TYPE_CHECKING:
    from notifications.reports import Report

Function = Callable[..., Reply]


@dataclass(frozen=True)
class Command:
    """A declared command."""

    name: str
    topic: str
    summary: str
    """A text of the catalogue."""
    access: Access
    """Who may run it and read its answer, by the table."""
    examples: Sequence[str]
    aliases: Sequence[str]
    """Spanish names; using one asks for a Spanish answer."""
    phrases: Sequence[Phrase]
    """Natural ways to say it."""
    effects: bool
    """It changes something, so after a crash it is never simply run again."""
    shown: bool
    """Listed by `help`; steps of a form are not."""
    function: Function
    parameters: Mapping[str, Parameter]

    @property
    def needs(self) -> Needs:
        """What it takes to run it."""
        return self.access.run

    @property
    def usage(self) -> str:
        """Name and arguments, in English."""
        return self.usage_in(str)

    def usage_in(self, say: Callable[[str], str]) -> str:
        """Return name and arguments as `help` shows them; `say` translates the arguments."""
        return " ".join([self.name, *(each.usage_in(say) for each in self.parameters.values() if each.usage)])

    def in_spanish(self, line: str) -> str:
        """Return a line that begins with the name as somebody types it in Spanish."""
        return f"{self.aliases[0]}{line[len(self.name) :]}" if self.aliases else line

    def arguments(
        self,
        text: str,
        saved: Callable[[], Mapping[str, str]] = dict,
        reports: Callable[[], Mapping[str, "Report"]] = dict,
    ) -> dict[str, Any]:
        """Read the words after the name into the function's arguments.

        `saved` tells what filters' names stand for, `reports` the reports with a name of somebody's own.

        Raises:
            NotUnderstood: a word belongs to no parameter, one that must be given is missing, or one cannot be read.
        """
        try:
            return self._arguments(Words(text, saved, reports))
        except NotUnderstood as error:
            if error.correction and not error.suggestions:
                error.suggestions = (f"{self.name} {text.replace(*error.correction, 1)}",)
            raise

    def _arguments(self, words: Words) -> dict[str, Any]:
        taken = {
            name: parameter.take(words)
            for name, parameter in sorted(self.parameters.items(), key=lambda item: item[1].greedy)
        }
        if len(words):
            raise NotUnderstood(
                N_("I do not understand “%(word)s” after “%(command)s”."),
                hint=N_("It is typed: %(usage)s. For example: %(example)s"),
                suggestions=self.examples[:1],
                word=next(iter(words)),
                command=self.name,
                usage=self.usage_in,
                example=self.examples[0],
            )
        given = {name: value for name, value in taken.items() if value is not None}
        signature = inspect.signature(self.function)
        for name, parameter in self.parameters.items():
            if name not in given and signature.parameters[name].default is inspect.Parameter.empty:
                raise NotUnderstood(
                    N_("“%(command)s” needs %(usage)s."),
                    hint=N_("For example: %(example)s"),
                    command=self.name,
                    usage=parameter.usage_in,
                    example=self.examples[0],
                )
        return given


def command(
    name: str,
    *,
    summary: str,
    examples: Sequence[str],
    aliases: Sequence[str] = (),
    phrases: Sequence[Phrase] = (),
    effects: bool = False,
    shown: bool = True,
) -> Callable[[Function], Command]:
    """Declare a function as a command: its typed parameters are its grammar, checked here once.

    Raises:
        TypeError: a parameter has no type that can be read from words.
        LookupError: the table of roles does not say who may run it.
    """
    if name not in access.TABLE:
        raise LookupError(f"commands/access.py does not say who may run {name!r}")

    def declare(function: Function) -> Command:
        hints = get_type_hints(function, include_extras=True)
        parameters = {}
        for parameter in list(inspect.signature(function).parameters)[1:]:
            grammar = next(
                (meta for meta in getattr(hints[parameter], "__metadata__", ()) if isinstance(meta, Parameter)), None
            )
            if grammar is None:
                raise TypeError(f"parameter {parameter!r} of the command {name!r} has no grammar")
            parameters[parameter] = grammar
        topic = function.__module__.rpartition(".")[2]
        return Command(
            name,
            topic,
            summary,
            access.TABLE[name],
            tuple(examples),
            tuple(aliases),
            tuple(phrases),
            effects,
            shown,
            function,
            parameters,
        )

    return declare


@dataclass(frozen=True)
class Match:
    """A command, and the words after its name."""

    command: Command
    rest: str
    in_spanish: bool
    """It was called by its Spanish name."""

    def run(self, context: Context, arguments: Mapping[str, Any]) -> Reply:
        """Run the command."""
        return self.command.function(context, **arguments)


class Registry:
    """Every command by name and alias.

    Raises:
        ValueError: a name is used twice.
    """

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self._by_words: dict[tuple[str, ...], tuple[Command, bool]] = {}
        for each in self.commands:
            for spelling, spanish in [(each.name, False), *((alias, True) for alias in each.aliases)]:
                words = tuple(fold(spelling).split())
                if words in self._by_words:
                    raise ValueError(f"two commands are called {spelling!r}")
                self._by_words[words] = (each, spanish)
        self._longest = max(len(words) for words in self._by_words)

    def find(self, text: str) -> Match:
        """Find the command that a text is a phrase for, or begins with; of several the longest name wins.

        Raises:
            NotUnderstood: none does; the nearest is suggested.
        """
        return self._by_phrase(text) or self._by_name(text)

    def in_spanish(self, line: str) -> str:
        """Return a command as it was declared, or what begins with one, under its Spanish name."""
        words = line.split(" ")
        for length in range(min(self._longest, len(words)), 0, -1):
            found, spanish = self._by_words.get(tuple(words[:length]), (None, False))
            if found and not spanish:
                return found.in_spanish(line)
        return line

    def _by_phrase(self, text: str) -> Match | None:
        typed = Typed(normalise(text))
        for each in self.commands:
            for phrase in each.phrases:
                arguments = phrase.read(typed)
                if arguments is not None:
                    return Match(each, arguments, phrase.in_spanish)
        return None

    def _by_name(self, text: str) -> Match:
        typed = normalise(text).split(" ")
        for length in range(min(self._longest, len(typed)), 0, -1):
            found = self._by_words.get(tuple(fold(word) for word in typed[:length]))
            if found:
                return Match(found[0], " ".join(typed[length:]), found[1])
        raise self._unknown(typed)

    def _unknown(self, typed: Sequence[str]) -> NotUnderstood:
        meant = self._nearest(typed)
        if meant is None:
            return NotUnderstood(
                N_("I do not know “%(typed)s”."),
                hint=N_("Type help to see what I can do, or try: %(example)s"),
                suggestions=("help", "expiring 30"),
                typed=" ".join(typed)[:80],
                example="expiring 30",
            )
        return NotUnderstood(
            N_("I do not know “%(typed)s”."),
            hint=N_("Did you mean %(suggestion)s?"),
            suggestions=(meant, "help"),
            typed=" ".join(typed)[:80],
            suggestion=meant,
        )

    def _nearest(self, typed: Sequence[str]) -> str | None:
        """Return the command that was probably meant, with the arguments typed where it takes them."""
        near = []
        for length in range(1, min(self._longest, len(typed)) + 1):
            names = [words for words, (each, _) in self._by_words.items() if each.shown and len(words) == length]
            spelled = {name: " ".join(name) for name in names}
            found = process.extractOne(fold(" ".join(typed[:length])), spelled, scorer=fuzz.ratio, score_cutoff=70)
            if found:
                near.append((found[1], found[2], length))
        if not near:
            return None
        _, name, length = max(near)
        command, _ = self._by_words[name]
        rest = " ".join(typed[length:])
        try:
            command.arguments(rest)
        except NotUnderstood:
            return command.examples[0]
        return f"{' '.join(name)} {rest}".strip()
