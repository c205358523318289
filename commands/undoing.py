"""How each kind of change is taken back.

A reversal puts right what the change did and nothing else: what was changed since by somebody else stays, or stands
against it. One that works outside returns the numbers of the changes that were written down while it did so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from commands import access
from commands.context import Context
from commands.errors import CommandError
from commands.progress import Progress
from hub import administrators, tags, trials
from hub.access import Needs
from hub.audit import CUSTOMER, SUBSCRIPTION, UNDO, UNDOES, is_settled
from hub.errors import Conflict, Rejected
from hub.filters import FilterError, keeping
from hub.filters.saved import key
from hub.webex import PartnerClient, PartnerPerson
from notifications import dealing, rules, silences
from notifications.reports import own
from notifications.schedules import Cadence
from storage.tables import (
    Audit,
    AwaitedTrial,
    OpenAlert,
    Person,
    ReportTemplate,
    Rule,
    SavedFilter,
    Schedule,
    Silence,
    Space,
)
from templates.catalogue import N_

Within = Callable[[Session, Audit, datetime], None]
Outside = Callable[[Context, Audit], Sequence[int]]


@dataclass(frozen=True)
class Reversal:
    """How a change is taken back, and what that takes: what it took to make it.

    `within` works in the transaction that notes the undoing; `outside`, for what Webex must be asked, goes before it.
    """

    needs: Needs
    within: Within | None = None
    outside: Outside | None = None


def take_back(ctx: Context, change: Audit, reversal: Reversal) -> bool:
    """Take a change back and write that down; False when it was taken back already.

    Raises:
        CommandError: it was changed again since.
        SourceError: Webex did not do it.
    """
    with ctx.read() as session:
        if is_settled(session, change):
            return False
    written = reversal.outside(ctx, change) if reversal.outside else ()
    with ctx.write() as session:
        if is_settled(session, change):
            return False
        if reversal.within:
            reversal.within(session, change, ctx.now)
        session.add(
            Audit(
                at=ctx.now,
                who=ctx.person.email,
                what=UNDO,
                target=change.target,
                before=change.after,
                after={**change.before, UNDOES: [change.id, *written]},
                room_id=change.room_id,
            )
        )
    return True


def _tags(ctx: Context, change: Audit) -> Sequence[int]:
    """Put back the tags that were taken off, and take off those put on; others stay."""
    last = _last(ctx)
    _put_tags_back(ctx, change, part_of=None)
    return _written_since(ctx, last, change.target)


def _put_tags_back(ctx: Context, change: Audit, part_of: int | None) -> None:
    owner, author = _owner(ctx, change.target), tags.Author(ctx.person.email, ctx.now, change.room_id, part_of)
    before, after = change.before["tags"], change.after["tags"]
    try:
        for verb, changed in (
            (tags.remove, [tag for tag in after if tag not in before]),
            (tags.add, [tag for tag in before if tag not in after]),
        ):
            if changed:
                verb(ctx.services.database, ctx.services.partner, owner, changed, author)
    except tags.TagRefused as error:
        raise _changed_since() from error


def _owner(ctx: Context, target: str) -> tags.Owner:
    if target.startswith(CUSTOMER):
        return tags.Owner(target.removeprefix(CUSTOMER))
    with ctx.read() as session:
        owner = tags.subscription_of(session, ctx.scope, target.removeprefix(SUBSCRIPTION))
    if owner is None:
        raise _changed_since()
    return owner


def _many_tags(ctx: Context, change: Audit) -> Sequence[int]:
    """Take tags off everybody who got them in one go, as far as that was not taken back one by one."""
    with ctx.read() as session:
        parts = [part for part in tags.parts_of(session, change) if not is_settled(session, part)]
    last, progress = _last(ctx), Progress(ctx)
    for done, part in enumerate(parts, start=1):
        _put_tags_back(ctx, part, part_of=change.id)
        progress(done, len(parts))
    targets = {part.target for part in parts}
    with ctx.read() as session:
        own = select(Audit).where(Audit.who == ctx.person.email, col(Audit.id) > last)
        written = [row.id for row in session.scalars(own) if row.target in targets]
    return [*(part.id for part in parts if part.id), *(number for number in written if number)]


def _administrators(ctx: Context, change: Audit) -> Sequence[int]:
    """Unassign who was assigned, and the other way round."""
    org_id = change.target.removeprefix(CUSTOMER)
    before, after = set(change.before["administrators"]), set(change.after["administrators"])
    last, made = _last(ctx), _made(ctx, change)
    for email in before ^ after:
        partner, person = _partner_and_person(ctx, email)
        put_back = administrators.assign if email in before else administrators.unassign
        put_back(ctx.services.database, partner, person, org_id, made)
    return _written_since(ctx, last, change.target)


def _roles(ctx: Context, change: Audit) -> Sequence[int]:
    """Give the roles that somebody had, unless they changed since."""
    last = _last(ctx)
    partner, person = _partner_and_person(ctx, change.target.partition(":")[2])
    if sorted(person.roles) != change.after["roles"]:
        raise _changed_since()
    administrators.set_roles(
        ctx.services.database, partner, person, change.before["roles"], _made(ctx, change), change.what
    )
    return _written_since(ctx, last, change.target)


def _partner_and_person(ctx: Context, email: str) -> tuple[PartnerClient, PartnerPerson]:
    partner = ctx.services.partner
    person = partner.person(email) if partner else None
    if partner is None or person is None:
        raise _changed_since()
    return partner, person


def _made(ctx: Context, change: Audit) -> administrators.Change:
    return administrators.Change(ctx.person.email, ctx.now, change.room_id, f"undo-{change.id}")


def _settings(session: Session, change: Audit, _now: datetime) -> None:
    """Choose what was chosen before."""
    kind, _, identity = change.target.partition(":")
    chooser = session.get(Space if kind == "space" else Person, identity)
    if chooser is None or {name: getattr(chooser, name) for name in change.after} != change.after:
        raise _changed_since()
    room = session.get(Space, change.room_id) if kind == "person" and change.room_id else None
    for each in filter(None, (chooser, room)):
        for name, value in change.before.items():
            setattr(each, name, value)


def _filter(session: Session, change: Audit, now: datetime) -> None:
    """Give a name back the filter that it stood for."""
    before, after = change.before.get("filter", {}), change.after.get("filter", {})
    name = {**after, **before}["name"]
    current = session.get(SavedFilter, (change.target, key(name)))
    if (current.terms if current else None) != after.get("terms"):
        raise _changed_since()
    try:
        if before:
            keeping.save(session, change.target, before["name"], before["terms"], change.who, now)
        else:
            keeping.drop(session, change.target, name)
    except (FilterError, keeping.InUse, keeping.TooMany) as error:
        raise _changed_since() from error


def _subscribe(session: Session, change: Audit, _now: datetime) -> None:
    """Take away the rules that subscribing gave."""
    given = [rule["id"] for rule in change.after["rules"]]
    for rule in session.scalars(select(Rule).where(Rule.room_id == change.room_id, col(Rule.id).in_(given))):
        session.delete(rule)


def _unsubscribe(session: Session, change: Audit, now: datetime) -> None:
    """Give the space the rules back that it had."""
    if session.scalars(select(Rule).where(Rule.room_id == change.room_id)).first():
        raise _changed_since()
    session.add_all(rules.restored(str(change.room_id), rule, now) for rule in change.before["rules"])


def _rule(session: Session, change: Audit, now: datetime) -> None:
    """Make a rule what it was: one that was new is deleted, one that was deleted is there again."""
    rule = session.get(Rule, int(change.target.partition(":")[2]))
    current = rules.record_of(rule) if rule else {}
    # Older changes hold fewer fields.
    if bool(current) != bool(change.after) or any(current[name] != value for name, value in change.after.items()):
        raise _changed_since()
    if rule is None:
        session.add(rules.restored(str(change.room_id), change.before, now))
    elif change.before:
        rules.fill(rule, change.before)
        rules.changed(session, rule, now)
    else:
        session.delete(rule)


def _dealt(session: Session, change: Audit, _now: datetime) -> None:
    """Make alerts what they were, unless somebody dealt with them since."""
    before, after = change.before["records"], change.after["records"]
    alerts = {number: session.get(OpenAlert, int(number)) for number in after}
    if any(alert is None or dealing.record_of(alert) != after[number] for number, alert in alerts.items()):
        raise _changed_since()
    for number, alert in alerts.items():
        if alert:
            dealing.fill(alert, before[number])


def _silence(session: Session, change: Audit, now: datetime) -> None:
    """End a silence that was begun; one that was ended goes on in a new one, until the same end."""
    if change.what == "silence":
        begun = session.get(Silence, change.after["id"])
        if begun is None or not silences.end(session, begun, change.who, now):
            raise _changed_since()
    before = change.before
    if before and before["until"]:
        end = datetime.fromisoformat(before["until"])
        if end <= now:
            raise _changed_since()
        silences.begin(
            session,
            Silence(
                room_id=str(change.room_id),
                org_id=before["org_id"],
                where=before["filter"],
                kinds=before["events"],
                begins_at=now,
                until=end,
                reason=before["reason"],
                created_by=change.who,
                created_at=now,
            ),
        )


def _schedule(session: Session, change: Audit, now: datetime) -> None:
    """Bring a scheduled report to the state it had; one that was not there is cancelled."""
    schedule = session.get(Schedule, int(change.target.partition(":")[2]))
    if schedule is None or schedule.state != change.after.get("state", "active"):
        raise _changed_since()
    schedule.state = change.before.get("state", "cancelled")
    if schedule.state == "active":
        schedule.next_run = Cadence.of(schedule).next_after(now)


def _template(session: Session, change: Audit, _now: datetime) -> None:
    """Make a report of somebody's own what it was: one that was new is deleted, one that was deleted is there again."""
    template = session.get(ReportTemplate, int(change.target.partition(":")[2]))
    current = own.record_of(template) if template and not template.deleted else {}
    if template is None or current != change.after:
        raise _changed_since()
    if not change.before:
        if own.users(session, template):
            raise _changed_since()
        template.deleted = True
        return
    other = own.called(session, template.owner, change.before["name"])
    if other and other.id != template.id:
        raise _changed_since()
    own.fill(template, change.before)
    template.deleted = False


def _trial(ctx: Context, change: Audit) -> Sequence[int]:
    """Give a trial the end or the licences it had, unless they changed since."""
    trial_id, feed = change.target.removeprefix(SUBSCRIPTION), ctx.services.feed
    with ctx.read() as session:
        trial = trials.trial(session, trial_id, ctx.scope.today)
    last = _last(ctx)
    if trial is None or feed is None or trials.state_of(trial, change.after) != change.after:
        raise _changed_since()
    order = trials.Order(f"undo-{change.id}", ctx.person.email, ctx.now, change.room_id)
    try:
        if "end_date" in change.before:
            end = date.fromisoformat(change.before["end_date"])
            trials.move_end(ctx.services.database, feed, trial, end, order)
        else:
            had = {product: total for product, total in change.before["products"].items() if total}
            trials.set_products(ctx.services.database, feed, trial, had, order)
    except (Rejected, Conflict) as error:
        raise CommandError(
            N_("The feed refused: %(reason)s"), hint=N_("Nothing was changed."), reason=str(error)
        ) from error
    return _written_since(ctx, last, change.target)


def _awaited(session: Session, change: Audit, _now: datetime) -> None:
    """Wait no more for a trial."""
    row = session.get(AwaitedTrial, change.target.partition(":")[2])
    if row is None or row.state != trials.Await.WAITING:
        raise _changed_since()
    row.state = trials.Await.WITHDRAWN
    session.add(row)


def _last(ctx: Context) -> int:
    with ctx.read() as session:
        return session.scalars(select(col(Audit.id)).order_by(col(Audit.id).desc()).limit(1)).first() or 0


def _written_since(ctx: Context, last: int, target: str) -> Sequence[int]:
    with ctx.read() as session:
        own = select(col(Audit.id)).where(Audit.who == ctx.person.email, Audit.target == target, col(Audit.id) > last)
        return list(session.scalars(own))


def _changed_since() -> CommandError:
    return CommandError(
        N_("That was changed again since, so I took nothing back."), hint=N_("audit shows who changed what.")
    )


def _of(command: str, *, within: Within | None = None, outside: Outside | None = None) -> Reversal:
    return Reversal(access.TABLE[command].run, within, outside)


REVERSALS: Mapping[str, Reversal] = {
    "tag": _of("tag", outside=_tags),
    "untag": _of("untag", outside=_tags),
    tags.BULK: _of("tag where", outside=_many_tags),
    "admin assign": _of("admin assign", outside=_administrators),
    "admin unassign": _of("admin unassign", outside=_administrators),
    "admin grant": _of("admin grant", outside=_roles),
    "trial extend": _of("trial extend", outside=_trial),
    "trial change": _of("trial change", outside=_trial),
    "trial request": _of("trial start", within=_awaited),
    "settings": _of("settings", within=_settings),
    "settings open": _of("settings open", within=_settings),
    "settings close": _of("settings close", within=_settings),
    "region": _of("region", within=_settings),
    "save filter": _of("save filter", within=_filter),
    "delete filter": _of("delete filter", within=_filter),
    "subscribe": _of("subscribe", within=_subscribe),
    "unsubscribe": _of("unsubscribe", within=_unsubscribe),
    "rule new": _of("rule new", within=_rule),
    "rule edit": _of("rule edit", within=_rule),
    "rule pause": _of("rule pause", within=_rule),
    "rule resume": _of("rule resume", within=_rule),
    "rule delete": _of("rule delete", within=_rule),
    **{what: _of(what, within=_dealt) for what in ("ack", "snooze", "unsnooze", "assign")},
    "silence": _of("silence", within=_silence),
    "unsilence": _of("unsilence", within=_silence),
    "report schedule": _of("report schedule", within=_schedule),
    "report paused": _of("report pause", within=_schedule),
    "report active": _of("report resume", within=_schedule),
    "report cancelled": _of("report cancel", within=_schedule),
    "report new": _of("report new", within=_template),
    "report edit": _of("report edit", within=_template),
    "report delete": _of("report delete", within=_template),
}
"""By what the audit row says was done. What is not here cannot be taken back."""
