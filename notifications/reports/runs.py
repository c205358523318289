"""Reports that Webex prepares: a row for each that was asked for, taken a step further until its file is in the space.

What a row needs next is in the row, so a report goes on where it stood after a crash and is posted once: the message
and the end of the row are written in one transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import Session, col, select

from hub import regions
from hub.access import Needs
from hub.errors import HubError, NotAllowed, Rejected, TokenRefused
from hub.partner_reports import PartnerReports, Unusable
from hub.partner_reports.preparing import NotMade, Part, RangeTooLong, Wanted
from hub.scope import Scope
from notifications.backoff import Backoff
from notifications.outbox import Message, Outgoing, Priority, enqueue
from notifications.pipeline import Audiences
from notifications.render import Style
from notifications.reports.catalogue import REPORTS, Report, ReportQuery
from notifications.reports.failing import raise_failed, why
from notifications.reports.kept import WITHHELD, complete, last_like, likeness
from notifications.reports.own import named
from notifications.reports.spans import Span
from notifications.reports.summary import messages, summary
from notifications.reports.writing import WrittenReport, write
from storage import Database
from storage.tables import Outbox, ReportRun, RunState, Space
from templates import render
from templates.catalogue import N_
from templates.texts import Texts

log = structlog.get_logger()

LOOK = Backoff(2.0, 60.0)
"""How often Webex is asked how far a report is."""
DEADLINE = timedelta(hours=6)
"""A report that is not done by then never will be."""
MOST_EDITS = 9
"""Webex lets a message be edited ten times (PUT /messages/{id}); one is left for the end."""

Editor = Callable[[str, str, str], None]
"""Changes what a message says: room, message, Markdown. What goes wrong is its own affair."""


@dataclass(frozen=True)
class Runner:
    """Takes reports further. `code` gives what Webex calls a region."""

    database: Database
    reports: PartnerReports
    audiences: Audiences
    style: Style
    edit: Editor
    code: Callable[[str], str]

    def advance(self, now: datetime) -> list[Outgoing]:
        """Take every report that is due a step further; returns what was put into the outbox."""
        with self.database.read() as session:
            due = session.scalars(
                select(ReportRun)
                .where(ReportRun.state == RunState.PREPARING, ReportRun.next_look <= now)
                .order_by(col(ReportRun.next_look))
            ).all()
        return [message for run in due for message in self._step(run, now)]

    def _step(self, run: ReportRun, now: datetime) -> list[Outgoing]:
        try:
            parts = self._prepared(run)
            if all(part.file for part in parts):
                return self._finish(run, parts, now)
        except (Unusable, RangeTooLong, NotMade, Rejected, NotAllowed, TokenRefused) as error:
            return self._fail(run, error, now)
        except HubError as error:
            # It is away: the report goes on when it is back.
            log.info("a report waits", action="report", run=run.id, reason=str(error))
            if now - run.created_at > DEADLINE:
                return self._fail(run, error, now)
        else:
            if now - run.created_at > DEADLINE:
                return self._fail(run, NotMade(), now)
        self._change(run, next_look=now + timedelta(seconds=LOOK.seconds(run.looks + 1)), looks=run.looks + 1)
        return []

    def _prepared(self, run: ReportRun) -> list[Part]:
        wanted = wanted_of(run.report, run.arguments)
        parts = [Part.from_record(record) for record in run.parts]
        for place, part in enumerate(parts):
            while parts[place].file is None:
                further = parts[place].step(self.reports, wanted, self.style.folder, self.code)
                if further == parts[place]:
                    break
                parts[place] = further
                run.parts = [each.record() for each in parts]
                self._change(run, parts=run.parts)
                if part.report_id and further.file:
                    self._tell_progress(run, parts)
        return parts

    def _finish(self, run: ReportRun, parts: Sequence[Part], now: datetime) -> list[Outgoing]:
        texts = self._texts(run)
        audience = self.audiences(run.room_id)
        report = self._report(run)
        excluded = audience.excluded(Needs.READ)
        if excluded:
            names = ", ".join(sorted(member.name for member in excluded))
            view = {"report": report.title_in(texts), "id": f"r{run.id}", "names": names}
            said = Message(render.markdown("report_withheld", texts, **view))
            return self._end(run, RunState.FAILED, [self._message(run, said)], now, error=WITHHELD)
        files = tuple(Path(part.file) for part in parts if part.file)
        query = ReportQuery(where=report.narrowed(run.arguments["where"]), files=files)
        scope = Scope(now.date(), assigned_to=audience.assigned_to)
        written = write(report, query, self.database, scope, texts, self.style.shelf, now)
        with self.database.read() as session:
            before = last_like(session, run)
        text = summary(written, report, audience, run.arguments["region"], texts, run.arguments, before)
        record = audience.for_record(Needs.READ)
        cause = f"{run.cause}:file"
        posts = messages(cause, run.room_id, text, written, record, parent_cause=run.told_in)
        told = self._end(run, RunState.DONE, posts, now, written=written, record=record)
        for file in files:
            file.unlink(missing_ok=True)
        return told

    def _fail(self, run: ReportRun, error: Exception, now: datetime) -> list[Outgoing]:
        texts = self._texts(run)
        log.warning("a report cannot be made", action="report", run=run.id, reason=str(error))
        title, reason = self._report(run).title_in(texts), why(error, texts)
        if run.schedule_id:
            # Nobody waits for the answer: it comes with what else there is to tell, and not in quiet hours.
            reason = f"{reason} {texts(N_('To try again: `%(line)s`'), line=line_of(run))}"
            return self._end(run, RunState.FAILED, [], now, failure=(title, reason), error=str(error))
        said = Message(render.markdown("report_not_made", texts, report=title, why=reason, again=line_of(run)))
        return self._end(run, RunState.FAILED, [self._message(run, said)], now, error=str(error))

    def _message(self, run: ReportRun, said: Message) -> Outgoing:
        return Outgoing(f"{run.cause}:file", run.room_id, said, Priority.REPORT, parent_cause=run.told_in)

    def _end(
        self,
        run: ReportRun,
        state: RunState,
        posts: list[Outgoing],
        now: datetime,
        *,
        failure: tuple[str, str] | None = None,
        error: str | None = None,
        written: WrittenReport | None = None,
        record: Mapping[str, Any] | None = None,
    ) -> list[Outgoing]:
        """Write down the end and its messages, unless somebody ended it meanwhile."""
        with self.database.write() as session:
            stored = session.get_one(ReportRun, run.id, with_for_update=True)
            if stored.state != RunState.PREPARING:
                return []
            stored.state, stored.error, stored.ended_at = state, error, now
            if written:
                complete(stored, written, record or {}, now)
            enqueue(session, posts, now)
            if failure:
                raise_failed(session, run.cause, run.room_id, *failure, now)
        self._tell_end(run, state)
        return posts

    def _report(self, run: ReportRun) -> Report:
        with self.database.read() as session:
            return named(session, run.report, run.arguments)

    def _change(self, run: ReportRun, **values: Any) -> None:
        with self.database.write() as session:
            stored = session.get_one(ReportRun, run.id)
            for name, value in values.items():
                setattr(stored, name, value)

    def _tell_progress(self, run: ReportRun, parts: Iterable[Part]) -> None:
        done = sum(1 for part in parts if part.file)
        if run.edits < MOST_EDITS and done < len(run.parts):
            self._edit(run, "report_preparing", done=done, total=len(run.parts))

    def _tell_end(self, run: ReportRun, state: RunState) -> None:
        self._edit(run, "report_prepared", done=state is RunState.DONE)

    def _edit(self, run: ReportRun, template: str, **view: Any) -> None:
        with self.database.read() as session:
            told_in = session.scalars(select(Outbox).where(Outbox.cause == run.told_in)).first()
        if told_in is None or told_in.message_id is None:
            return
        texts, report = self._texts(run), self._report(run)
        dated = report.partner is not None and not report.partner.inventory
        view |= _range(run.arguments, dated=dated)
        said = render.markdown(template, texts, title=report.title_in(texts), id=f"r{run.id}", **view)
        self.edit(run.room_id, told_in.message_id, said)
        run.edits += 1
        self._change(run, edits=run.edits)

    def _texts(self, run: ReportRun) -> Texts:
        with self.database.read() as session:
            space = session.get_one(Space, run.room_id)
        return Texts(
            run.arguments.get("language") or space.language or self.style.language, space.time_zone or self.style.zone
        )


def asked(session: Session, report: Report, span: Span, region: str | None, where: str, now: datetime) -> ReportRun:
    """Return a report to begin, of nobody and in no space yet."""
    parts = [Part(each).record() for each in regions.to_ask(session, region, now.date())]
    arguments: dict[str, Any] = {
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "region": region,
        "where": where,
    }
    if report.template:
        arguments["template"] = report.template
    return ReportRun(
        cause="",
        room_id="",
        created_by="",
        report=report.name,
        arguments=arguments,
        likeness=likeness(report, arguments),
        parts=parts,
        created_at=now,
        next_look=now,
    )


def begin(session: Session, run: ReportRun) -> ReportRun:
    """Write down a report that is asked for; one with the same cause was asked for before and stays as it is."""
    known = session.scalars(select(ReportRun).where(ReportRun.cause == run.cause)).first()
    if known is None:
        session.add(run)
        session.flush()
    return known or run


def wanted_of(report: str, arguments: dict[str, Any]) -> Wanted:
    """Return what Webex is asked for."""
    kind = REPORTS[report].partner
    if kind is None:
        raise ValueError(f"{report} is no partner report")
    return Wanted(kind, date.fromisoformat(arguments["first"]), date.fromisoformat(arguments["last"]))


def line_of(run: ReportRun) -> str:
    """Return the command that asks for the same again."""
    wanted = wanted_of(run.report, run.arguments)
    span = "" if wanted.kind.inventory else f"{wanted.first}..{wanted.last}"
    return " ".join(filter(None, ["report run", run.report, span, run.arguments["region"], run.arguments["where"]]))


def _range(arguments: dict[str, Any], *, dated: bool) -> dict[str, Any]:
    if dated:
        return {"first": date.fromisoformat(arguments["first"]), "last": date.fromisoformat(arguments["last"])}
    return {"first": None, "last": None}
