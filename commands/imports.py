"""Importing a customer CSV that is attached to the command."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from commands.confirming import Confirmation, question
from commands.context import Attached, Context
from commands.errors import CommandError, NotUnderstood
from commands.files import csv_file
from commands.import_texts import FAULTS, NOTES, REASONS
from commands.parameters import Parameter
from commands.progress import Progress
from commands.registry import command
from commands.reply import Reply
from commands.words import Words
from hub.importing import Summary, UnusableFile, import_customers
from hub.importing.columns import columns
from hub.names import fold
from storage.tables import Audit, Deed
from templates.catalogue import N_
from templates.texts import Texts

KINDS = (".csv", ".tsv", ".txt")
SHOWN_ERRORS = 5
_ZIP = b"PK\x03\x04"
"""What a workbook begins with: it is an archive."""

_EXAMPLES: Mapping[str, Sequence[Mapping[str, str]]] = {
    language: [
        {
            "customer": "Acme Retail",
            "org_id": "2f1d3b5c-7a90-4c1e-8d22-5b6f7a8c9d01",
            "region": "EU",
            "country": "ES",
            "subscription_id": "Sub1000001",
            "type": kinds[0],
            "product": product,
            "start_date": "2026-01-15",
            "end_date": "2027-01-14",
            "auto_renew": yes,
            "total": total,
            "assigned": assigned,
        }
        for product, total, assigned in (("Meetings", "100", "80"), ("Calling", "50", "35"))
    ]
    + [
        {
            "customer": "Globex",
            "org_id": "7c2e4f60-1b3d-4e5f-9a08-1c2d3e4f5a6b",
            "subscription_id": "Trial2000001",
            "type": kinds[1],
            "product": "Calling",
            "start_date": "2026-11-01",
            "end_date": "2026-12-31",
            "total": "25",
        }
    ]
    for language, kinds, yes in (("en", ("subscription", "trial"), "yes"), ("es", ("suscripción", "prueba"), "sí"))
}


class WordParameter(Parameter):
    """One of several words for the same wish."""

    def __init__(self, usage: str, *words: str) -> None:
        self.usage = f"[{usage}]"
        self._words = words

    def take(self, words: Words) -> bool | None:
        """Take it."""
        found = next((word for word in words if fold(word) in self._words), None)
        return bool(words.take(found)) if found else None


class AsOfParameter(Parameter):
    """`as of 2026-11-15`: the day on which the counts were taken."""

    usage = N_("[as of DATE]")
    _JOINING = ("as", "of", "as-of", "a", "fecha", "de", "del", "al")

    def take(self, words: Words) -> date | None:
        """Take the date.

        Raises:
            NotUnderstood: there is no such day.
        """
        found = next((word for word in words if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word)), None)
        if found is None:
            return None
        words.take(found)
        for word in [word for word in words if fold(word) in self._JOINING]:
            words.take(word)
        try:
            return date.fromisoformat(found)
        except ValueError as error:
            raise NotUnderstood(
                N_("There is no day %(word)s."), hint=N_("For example: import as of 2026-11-15"), word=found
            ) from error


class MessageParameter(Parameter):
    """`message:ID`, which a button adds: the message that the file is attached to."""

    def take(self, words: Words) -> str | None:
        """Take the id."""
        found = next((word for word in words if re.fullmatch(r"message:[\w=+/-]{1,200}", word)), None)
        return words.take(found).partition(":")[2] if found else None


DayFirst = Annotated[bool, WordParameter("dayfirst", "dayfirst", "diaprimero")]
Strict = Annotated[bool, WordParameter("strict", "strict", "estricto")]
Full = Annotated[bool, WordParameter("full", "full", "completo")]
AsOf = Annotated[date | None, AsOfParameter()]
OfMessage = Annotated[str | None, MessageParameter()]


@command(
    "import",
    aliases=["importar"],
    summary=N_("Take in a customer CSV that you attach; without a file, how that works"),
    examples=["import", "import dayfirst as of 2026-11-15"],
    effects=True,
)
def import_file(
    ctx: Context,
    dayfirst: DayFirst = False,
    strict: Strict = False,
    full: Full = False,
    as_of: AsOf = None,
    message: OfMessage = None,
    confirmation: Confirmation = None,
) -> Reply:
    """Take the good rows of an attached file in; a file that shall remove what it lacks is asked about first."""
    attached = ctx.attached(message)
    if not attached:
        return _how(ctx)
    if ctx.scope.assigned_to or ctx.scope.region:
        raise CommandError(
            N_("A file is about all customers, and here only some may be shown."),
            hint=N_("Attach it one-to-one, with the region set to all."),
        )
    if len(attached) > 1:
        raise CommandError(N_("Attach one file at a time."), hint=N_("Nothing was imported."))
    key = f"import:{confirmation}"
    if confirmation and _was_done(ctx, key):
        raise CommandError(N_("It was done already."), hint=N_("audit me shows it."), suggestions=["audit me"])
    name, content = _fetched(ctx, attached[0])
    options: dict[str, Any] = {"dayfirst": dayfirst, "strict": strict, "full": full, "as_of": as_of}
    asked = full and not confirmation
    summary = _imported(ctx, content, options, rehearse=asked)
    if asked:
        return _question(ctx, summary, message or ctx.request_id, options)
    _note(ctx, key if confirmation else None, name, summary)
    return _summary(ctx, name, summary)


def _how(ctx: Context) -> Reply:
    """Explain, with a template to fill in."""
    known = columns(dayfirst=False)
    header = [column.spanish if ctx.texts.language == "es" else column.name for column in known]
    rows = [[row.get(column.name, "") for column in known] for row in _EXAMPLES.get(ctx.texts.language, ())]
    template = csv_file(ctx, ctx.texts(N_("Customers to import")), header, rows)
    return Reply(
        "import_how",
        view={"megabytes": ctx.services.import_bytes // 1_000_000, "columns": header},
        data=lambda: {"columns": header},
        files=(template,),
        bounded=False,
    )


def _fetched(ctx: Context, attached: Attached) -> tuple[str, bytes]:
    name, content = attached(ctx.services.import_bytes)
    if content.startswith(_ZIP):
        raise CommandError(
            N_("“%(name)s” is a workbook or an archive, not a CSV file."),
            hint=N_("Save it as “CSV UTF-8” and attach that."),
            name=name[:80],
        )
    if not name.lower().endswith(KINDS):
        raise CommandError(
            N_("“%(name)s” is no CSV file by its name."),
            hint=N_("Its name ends in .csv, .tsv or .txt. Type import for a template."),
            suggestions=["import"],
            name=name[:80],
        )
    return name, content


def _imported(ctx: Context, content: bytes, options: Mapping[str, Any], *, rehearse: bool) -> Summary:
    progress = Progress(ctx)
    try:
        return import_customers(
            ctx.services.database,
            content,
            now=ctx.now,
            progress=lambda _stage, done, total: progress(done, total),
            rehearse=rehearse,
            **options,
        )
    except UnusableFile as error:
        raise CommandError(
            FAULTS[error.fault],
            hint=N_("Nothing was imported. Type import for a template."),
            suggestions=["import"],
            **error.data,
        ) from error


def _question(ctx: Context, summary: Summary, message: str, options: Mapping[str, Any]) -> Reply:
    number = ctx.texts.number
    words = [name for name in ("dayfirst", "strict", "full") if options[name]]
    words += [f"as of {options['as_of']}"] if options["as_of"] else []
    facts = [
        (ctx.texts(N_("Customers removed")), number(summary.customers.removed)),
        (ctx.texts(N_("Subscriptions removed")), number(summary.subscriptions.removed)),
        (ctx.texts(N_("New or changed customers")), number(summary.customers.new + summary.customers.changed)),
        (ctx.texts(N_("Rows that cannot be read")), number(summary.rejected)),
        *((ctx.texts(N_("Note")), ctx.texts(NOTES[remark.note])) for remark in summary.notes if not remark.rows),
    ]
    return question(
        ctx,
        " ".join(["import", *words, f"message:{message}"]),
        ctx.texts(N_("Import this file and remove what it lacks? That cannot be taken back.")),
        facts,
        ctx.texts(N_("Import and remove")),
        data={"summary": summary.as_json()},
    )


def _was_done(ctx: Context, key: str) -> bool:
    with ctx.read() as session:
        return session.get(Deed, key) is not None


def _note(ctx: Context, key: str | None, name: str, summary: Summary) -> None:
    with ctx.write() as session:
        if key:
            session.merge(Deed(key=key, at=ctx.now, who=ctx.person.email))
        session.add(
            Audit(
                at=ctx.now,
                who=ctx.person.email,
                what="import",
                target=f"file:{name[:80]}",
                after={
                    "customers": asdict(summary.customers),
                    "subscriptions": asdict(summary.subscriptions),
                    "rows": summary.rows,
                    "rejected": summary.rejected,
                },
                room_id=ctx.space.room_id or None,
            )
        )


def _summary(ctx: Context, name: str, summary: Summary) -> Reply:
    errors = [
        (error.line, error.column or "", error.value, _reason(error.reason, error.data, ctx.texts))
        for error in summary.errors
    ]
    header = [ctx.texts(text) for text in (N_("Line"), N_("Column"), N_("Value"), N_("Reason"))]
    file = csv_file(ctx, ctx.texts(N_("Rejected rows")), header, errors) if errors else None
    return Reply(
        "import_done",
        view={
            "file": name,
            "summary": summary,
            "kinds": [
                (ctx.texts(N_("Customers")), summary.customers),
                (ctx.texts(N_("Subscriptions")), summary.subscriptions),
            ],
            "remarks": [(ctx.texts(NOTES[remark.note]), remark.rows, remark.lines) for remark in summary.notes],
            "errors": errors[:SHOWN_ERRORS],
        },
        data=summary.as_json,
        files=(file,) if file else (),
        bounded=False,
    )


def _reason(reason: Any, data: Mapping[str, object], texts: Texts) -> str:
    return texts(REASONS[reason], **data)


COMMANDS = (import_file,)
