"""Reports, now or on a schedule, as CSV files in the space."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any, ClassVar

from rapidfuzz import process
from sqlmodel import col, select

from commands.context import Context
from commands.errors import NotFound, NotUnderstood
from commands.parameters import ChosenProducts, Days, Everything, NumberParameter, Parameter, Where
from commands.registry import command
from commands.reply import Attachment, Reply
from commands.words import Words
from hub.names import fold
from notifications.reports import REPORTS, Report, ReportQuery, write
from notifications.schedules import Cadence, Every
from storage.tables import Audit, Schedule
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

_NAMES = {
    **{name: name for name in REPORTS},
    "clientes": "customers",
    "recientes": "recent",
    "vencen": "expiring",
    "renuevan": "renewing",
    "pruebas": "trials",
    "baja": "low",
    "exceso": "overage",
    "tendencia": "trend",
    "llamadas uso": "calling usage",
    "llamadas calidad": "calling quality",
    "llamadas dispositivos": "calling endpoints",
    "llamadas funciones": "calling features",
    "llamadas colas": "calling queues",
}


class ReportParameter(Parameter):
    """The report's name: the first one or two words."""

    usage = N_("NAME")

    def take(self, words: Words) -> Report | None:
        """Take the name.

        Raises:
            NotUnderstood: the first word is no report; the nearest is suggested.
        """
        first, *others = [*words][:2] or [None]
        if first is None:
            return None
        two = " ".join([first, *others])
        if fold(two) in _NAMES:
            for word in (first, *others):
                words.take(word)
            return REPORTS[_NAMES[fold(two)]]
        name = _NAMES.get(fold(first))
        if name is None:
            nearest = process.extractOne(fold(first), list(_NAMES))
            raise NotUnderstood(
                N_("There is no report “%(name)s”."),
                hint=N_("Reports: %(names)s. For example: report run %(example)s"),
                suggestions=[f"report run {_NAMES[nearest[0]]}"],
                name=first[:80],
                names=", ".join(REPORTS),
                example=_NAMES[nearest[0]],
            )
        words.take(first)
        return REPORTS[name]


@dataclass(frozen=True)
class When:
    """How often and at what time, not yet in any time zone."""

    every: Every
    at: time
    day: int | None


class WhenParameter(Parameter):
    """`daily at 09:00`, `weekly monday at 09:00`, `monthly 1 at 09:00`."""

    usage = N_("daily|weekly|monthly [DAY] at HH:MM")
    EVERY: ClassVar = {
        "daily": Every.DAILY,
        "weekly": Every.WEEKLY,
        "monthly": Every.MONTHLY,
        "diario": Every.DAILY,
        "semanal": Every.WEEKLY,
        "mensual": Every.MONTHLY,
    }
    WEEKDAYS: ClassVar = {
        name: number
        for names in (
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
        )
        for number, name in enumerate(names, start=1)
    }
    HINT = N_("For example: report schedule expiring weekly monday at 09:00")

    def take(self, words: Words) -> When | None:
        """Take the cadence.

        Raises:
            NotUnderstood: it is incomplete or no such time or day exists.
        """
        typed = list(words)
        start = next((index for index, word in enumerate(typed) if fold(word) in self.EVERY), None)
        if start is None:
            return None
        every = self.EVERY[fold(typed[start])]
        used = [typed[start]]
        following = typed[start + 1 :]
        day = 1 if every is not Every.DAILY else None
        if following and every is not Every.DAILY and fold(following[0]) not in ("at", "a"):
            day = self._day(every, following[0])
            used.append(following.pop(0))
        if not following or fold(following[0]) not in ("at", "a"):
            raise NotUnderstood(N_("At what time?"), hint=self.HINT)
        used.append(following.pop(0))
        if following and fold(following[0]) in ("las", "la"):
            used.append(following.pop(0))
        if not following:
            raise NotUnderstood(N_("At what time?"), hint=self.HINT)
        at = self._time(following[0])
        used.append(following[0])
        for word in used:
            words.take(word)
        return When(every, at, day)

    def _day(self, every: Every, word: str) -> int:
        if every is Every.WEEKLY and fold(word) in self.WEEKDAYS:
            return self.WEEKDAYS[fold(word)]
        if every is Every.MONTHLY and word.isdecimal() and 1 <= int(word) <= 31:
            return int(word)
        if every is Every.WEEKLY:
            raise NotUnderstood(N_("“%(word)s” is no weekday."), hint=self.HINT, word=word)
        raise NotUnderstood(N_("“%(word)s” is no day of the month, which are 1 to 31."), hint=self.HINT, word=word)

    def _time(self, word: str) -> time:
        found = re.fullmatch(r"(\d{1,2}):(\d{2})", word)
        if not found or int(found[1]) > 23 or int(found[2]) > 59:
            raise NotUnderstood(
                N_("“%(word)s” is no time of day; write it like 09:00 or 17:30."), hint=self.HINT, word=word
            )
        return time(int(found[1]), int(found[2]))


ReportName = Annotated[Report, ReportParameter()]
Cadenced = Annotated[When, WhenParameter()]
Number = Annotated[int, NumberParameter()]


@command(
    "report run",
    aliases=["informe"],
    summary=N_("A report as a CSV file, now"),
    examples=["report run expiring 30", "report run customers status:suspended"],
)
def report_run(
    ctx: Context, report: ReportName, within: Days = 90, products: ChosenProducts = None, where: Where = Everything
) -> Reply:
    """Write the report and answer with it."""
    written = write(
        report,
        ReportQuery(within, products or ctx.products, where),
        ctx.services.database,
        ctx.scope,
        ctx.texts,
        ctx.services.files,
        ctx.now,
    )
    return Reply(
        "report",
        view={"title": ctx.texts(report.title), "rows": written.rows, "customers": written.customers},
        data=lambda: {"report": report.name, "rows": written.rows, "file_name": written.name},
        card=False,
        files=(Attachment(written.path, written.name),),
    )


@command(
    "report schedule",
    aliases=["informe programar"],
    summary=N_("A report that drops into this space by itself"),
    examples=[
        "report schedule expiring daily at 09:00",
        "report schedule customers weekly monday at 08:30 status:expired",
    ],
    effects=True,
)
def report_schedule(
    ctx: Context,
    report: ReportName,
    when: Cadenced,
    within: Days = 90,
    products: ChosenProducts = None,
    where: Where = Everything,
) -> Reply:
    """Schedule a report in the space's time zone."""
    cadence = Cadence(when.every, when.at, ctx.texts.zone, when.day)
    schedule = Schedule(
        room_id=ctx.here,
        report=report.name,
        arguments=ReportQuery(within, products or ctx.products, where).record(),
        every=cadence.every,
        day=cadence.day,
        at=cadence.at,
        time_zone=cadence.zone,
        next_run=cadence.next_after(ctx.now),
        created_by=ctx.person.email,
        created_at=ctx.now,
    )
    with ctx.write() as session:
        session.add(schedule)
        session.flush()
        session.add(_audit(ctx, "report schedule", schedule, after={"report": report.name, "every": schedule.every}))
    return _one(ctx, "scheduled", schedule)


@command(
    "reports",
    aliases=["informes"],
    summary=N_("The reports scheduled in this space"),
    examples=["reports"],
)
def reports(ctx: Context) -> Reply:
    """List the space's schedules that were not cancelled."""
    with ctx.read() as session:
        found = list(
            session.scalars(
                select(Schedule)
                .where(Schedule.room_id == ctx.here, Schedule.state != "cancelled")
                .order_by(col(Schedule.id))
            )
        )
    return Reply(
        "reports",
        view={"schedules": [_view(ctx.texts, schedule) for schedule in found]},
        data=lambda: {"rows": [_data(schedule) for schedule in found]},
        bounded=False,
    )


@command(
    "report pause",
    aliases=["informe pausar"],
    summary=N_("Stop a scheduled report for a while"),
    examples=["report pause 3"],
    effects=True,
)
def report_pause(ctx: Context, number: Number) -> Reply:
    """Pause a schedule."""
    return _change_state(ctx, number, "paused")


@command(
    "report resume",
    aliases=["informe reanudar"],
    summary=N_("Go on with a paused report"),
    examples=["report resume 3"],
    effects=True,
)
def report_resume(ctx: Context, number: Number) -> Reply:
    """Resume a schedule, from its next due time on."""
    return _change_state(ctx, number, "active")


@command(
    "report cancel",
    aliases=["informe cancelar"],
    summary=N_("End a scheduled report"),
    examples=["report cancel 3"],
    effects=True,
)
def report_cancel(ctx: Context, number: Number) -> Reply:
    """Cancel a schedule."""
    return _change_state(ctx, number, "cancelled")


def _change_state(ctx: Context, number: int, state: str) -> Reply:
    with ctx.write() as session:
        schedule = session.get(Schedule, number)
        if schedule is None or schedule.room_id != ctx.here or schedule.state == "cancelled":
            raise NotFound(
                N_("This space has no scheduled report %(number)s."),
                hint=N_("reports lists them."),
                suggestions=["reports"],
                number=number,
            )
        before, schedule.state = schedule.state, state
        if state == "active":
            schedule.next_run = Cadence.of(schedule).next_after(ctx.now)
        session.add(_audit(ctx, f"report {state}", schedule, before={"state": before}, after={"state": state}))
    return _one(ctx, state, schedule)


def _one(ctx: Context, outcome: str, schedule: Schedule) -> Reply:
    return Reply(
        "report_schedule",
        view={"outcome": outcome, "schedule": _view(ctx.texts, schedule)},
        data=lambda: _data(schedule),
    )


def _view(texts: Texts, schedule: Schedule) -> dict[str, Any]:
    at = schedule.at.strftime("%H:%M")
    every = label(schedule.every, texts)
    if schedule.every == Every.WEEKLY and schedule.day:
        every = f"{every}, {texts.weekday(schedule.day)}"
    elif schedule.every == Every.MONTHLY:
        day = texts(N_("day %(day)s"), day=schedule.day)
        every = f"{every}, {day}"
    return {
        "id": schedule.id,
        "report": texts(REPORTS[schedule.report].title),
        "where": schedule.arguments["where"],
        "when": f"{every}, {at} ({schedule.time_zone})",
        "next_run": schedule.next_run,
        "state": schedule.state,
        "last_error": schedule.last_error,
    }


def _data(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.id,
        "report": schedule.report,
        **schedule.arguments,
        "every": schedule.every,
        "day": schedule.day,
        "at": schedule.at.strftime("%H:%M"),
        "time_zone": schedule.time_zone,
        "next_run": schedule.next_run.isoformat(),
        "state": schedule.state,
        "created_by": schedule.created_by,
    }


def _audit(
    ctx: Context,
    what: str,
    schedule: Schedule,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Audit:
    return Audit(
        at=ctx.now,
        who=ctx.person.email,
        what=what,
        target=f"schedule:{schedule.id}",
        before=before or {},
        after=after or {},
        room_id=ctx.here,
    )


COMMANDS = (report_run, report_schedule, reports, report_pause, report_resume, report_cancel)
