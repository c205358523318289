"""Reports of one's own: a name, columns in an order, a filter and a region, made of a report that there is."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from commands.context import Context, SpaceView
from commands.errors import CommandError, NotFound, NotUnderstood
from commands.filters import saved_filters
from commands.parameters import Everything, Where
from commands.registry import command
from commands.reply import Reply
from commands.report_columns import ChosenColumns, fields_of, in_order
from commands.report_grammar import NAMES, OfRegion, ReportName, ReportParameter
from commands.rule_words import read_where
from commands.words import Words, unquote
from hub.access import Needs
from hub.filters import Filter, keeping
from hub.names import fold
from hub.regions import ALL, KNOWN
from notifications.reports import REPORTS, Report
from notifications.reports import own as own_templates
from storage.tables import Audit, Deed, ReportTemplate
from templates.catalogue import N_
from templates.vocabulary import region_name

JOINING = ("of", "from", "de")
EXAMPLE = 'report new "Renewals of gold" of renewing columns:customer,days_left,total tag:gold'


class NewNameParameter(ReportParameter):
    """A new report's name: all words up to `of`, or one, or several in quotes."""

    usage = N_("NAME of REPORT")

    def take(self, words: Words) -> str | None:  # type: ignore[override]
        """Take the name, and the little word behind it."""
        typed = list(words)
        joints = [place for place, word in enumerate(typed) if fold(word) in JOINING]
        # The name may hold such a word itself: the one that counts stands before a report.
        before_report = [place for place in joints if _names_report(typed[place + 1 : place + 3])]
        end = next(iter(before_report[-1:] or joints), None)
        named = typed[: end if end else 1]
        if not named:
            return None
        for word in [*named, *([typed[end]] if end else [])]:
            words.take(word)
        return " ".join(unquote(word) for word in named)


class BaseParameter(ReportParameter):
    """The report that another is made of; one of somebody's own is none."""

    usage = ""

    def take(self, words: Words) -> Report | None:
        """Take the report's name."""
        found = super().take(words)
        if found and found.template:
            raise NotUnderstood(
                N_("A report is made of one of these: %(names)s."), hint=EXAMPLE, names=", ".join(REPORTS)
            )
        return found


NewName = Annotated[str | None, NewNameParameter()]
Base = Annotated[Report | None, BaseParameter()]


@command(
    "report new",
    aliases=["informe nuevo"],
    summary=N_("A report of your own: name, columns in an order, filter and region"),
    examples=["report new", EXAMPLE],
    effects=True,
)
def report_new(
    ctx: Context,
    name: NewName = None,
    base: Base = None,
    columns: ChosenColumns = None,
    region: OfRegion = None,
    where: Where = Everything,
) -> Reply:
    """Make a template; where nothing is typed, show a form for it."""
    inputs = ctx.inputs
    if name is None and "base" not in inputs:
        return _choose_base(ctx)
    if name is None and "columns" not in inputs:
        report = _base(inputs["base"])
        return _form(ctx, report, inputs.get("name", ""), [each.field for each in report.columns], "", None, None)
    if name is not None and base is None:
        raise NotUnderstood(
            N_("Of which report is “%(name)s” made?"), hint=N_("For example: %(example)s"), name=name, example=EXAMPLE
        )
    if name is not None and base is not None:
        chosen = fields_of(base, columns) if columns else [each.field for each in base.columns]
        record = _record(name, base, chosen, str(where), region)
    else:
        record = _filled(ctx, _base(inputs["base"]))
    key = f"report new:{inputs['form_id']}" if inputs.get("form_id") else None
    with ctx.write() as session:
        owner = owner_of(ctx, ctx.space)
        if key and (deed := session.get(Deed, key)):
            return _shown(ctx, "made", session.get_one(ReportTemplate, deed.outcome["template"]))
        if own_templates.called(session, owner, record["name"]):
            raise CommandError(
                N_("There is a report “%(name)s” already."),
                hint=N_("Give another name, or change it: %(example)s"),
                suggestions=[f"report edit {record['name']}"],
                name=record["name"],
                example=f"report edit {record['name']}",
            )
        if len(own_templates.owned_by(session, owner)) >= own_templates.MOST:
            raise CommandError(
                N_("At most %(most)s reports of your own can be kept."),
                hint=N_("Delete one first: report delete NAME"),
                most=own_templates.MOST,
            )
        template = own_templates.make(owner, record, ctx.person.email, ctx.now)
        session.add(template)
        session.flush()
        if key:
            session.add(Deed(key=key, at=ctx.now, who=ctx.person.email, outcome={"template": template.id}))
        session.add(_audit(ctx, "report new", template, {}, own_templates.record_of(template)))
    return _shown(ctx, "made", template)


@command(
    "report edit",
    aliases=["informe editar"],
    summary=N_("Change a report of your own; what is not named stays"),
    examples=["report edit Renewals columns:customer,days_left", "report edit Renewals region:EU"],
    effects=True,
)
def report_edit(
    ctx: Context,
    report: ReportName,
    columns: ChosenColumns = None,
    region: OfRegion = None,
    where: Where = Everything,
) -> Reply:
    """Change what was typed of a template, or show it as a form."""
    template = _template(ctx, report)
    base = REPORTS[template.base]
    typed = columns is not None or region is not None or where != Filter.everything
    if not typed and "columns" not in ctx.inputs:
        return _form(ctx, base, template.name, template.columns, template.where, template.region, template)
    if typed:
        record = _record(
            template.name,
            base,
            fields_of(base, columns) if columns else template.columns,
            str(where) if where != Filter.everything else template.where,
            region or template.region,
        )
    else:
        record = _filled(ctx, base)
    with ctx.write() as session:
        stored = session.get_one(ReportTemplate, template.id)
        other = own_templates.called(session, stored.owner, record["name"])
        if other and other.id != stored.id:
            raise CommandError(N_("There is a report “%(name)s” already."), name=record["name"])
        before = own_templates.record_of(stored)
        own_templates.fill(stored, record)
        after = own_templates.record_of(stored)
        if after != before:
            session.add(_audit(ctx, "report edit", stored, before, after))
    return _shown(ctx, "changed", stored)


@command(
    "report delete",
    aliases=["informe borrar", "informe eliminar"],
    summary=N_("Delete a report of your own"),
    examples=["report delete Renewals"],
    effects=True,
)
def report_delete(ctx: Context, report: ReportName) -> Reply:
    """Delete a template that no schedule uses; undo brings it back."""
    template = _template(ctx, report)
    with ctx.write() as session:
        stored = session.get_one(ReportTemplate, template.id)
        if users := own_templates.users(session, stored):
            raise CommandError(
                N_("“%(name)s” is scheduled (%(numbers)s), so it stays."),
                hint=N_("End the schedule first: %(example)s"),
                suggestions=[f"report cancel {users[0]}"],
                name=stored.name,
                numbers=", ".join(map(str, users)),
                example=f"report cancel {users[0]}",
            )
        stored.deleted = True
        session.add(_audit(ctx, "report delete", stored, own_templates.record_of(stored), {}))
    return _shown(ctx, "deleted", stored)


@command(
    "report templates",
    aliases=["informe plantillas"],
    summary=N_("The reports of your own: yours one-to-one, the space's in a group"),
    examples=["report templates"],
)
def report_templates(ctx: Context) -> Reply:
    """List templates by name."""
    with ctx.read() as session:
        found = own_templates.owned_by(session, owner_of(ctx, ctx.space))
    return Reply(
        "report_templates",
        view={"templates": [_view(ctx, each) for each in found], "group": ctx.space.kind == "group"},
        data=lambda: {"rows": [_data(each) for each in found]},
        bounded=False,
    )


def own_reports(ctx: Context, space: SpaceView) -> Mapping[str, Report]:
    """Return the reports that somebody may call by a name of their own in a space, by that name's key."""
    with ctx.services.database.read() as session:
        return {
            each.key: own_templates.report_of(each) for each in own_templates.owned_by(session, owner_of(ctx, space))
        }


def owner_of(ctx: Context, space: SpaceView) -> str:
    """Name whose templates count in a space: the person's own one-to-one, else the group's."""
    return keeping.of_space(space.room_id) if space.kind == "group" else keeping.of_person(ctx.person.email)


def _template(ctx: Context, report: Report) -> ReportTemplate:
    """The stored template that a name stands for.

    Raises:
        NotFound: it is a report that everybody has.
    """
    if report.template is None:
        raise NotFound(
            N_("“%(name)s” is everybody's report, so it stays as it is."),
            hint=N_("Make one of your own of it: %(example)s"),
            suggestions=["report templates"],
            name=report.title_in(ctx.texts),
            example=f'report new "…" of {report.name}',
        )
    with ctx.read() as session:
        return session.get_one(ReportTemplate, report.template)


def _names_report(words: Sequence[str]) -> bool:
    return any(fold(" ".join(words[:length])) in NAMES for length in (1, 2))


def _base(name: str) -> Report:
    if name not in REPORTS:
        raise NotUnderstood(N_("There is no report “%(name)s”."), name=name[:80])
    return REPORTS[name]


def _record(name: str, base: Report, columns: list[str], where: str, region: str | None) -> dict[str, Any]:
    """What a template is to be.

    Raises:
        NotUnderstood: nothing can be called that.
    """
    name = " ".join(name.replace('"', "'").split())
    if not name or len(name) > own_templates.LONGEST_NAME:
        raise NotUnderstood(
            N_("A report needs a name of at most %(most)s characters."),
            hint=N_("For example: %(example)s"),
            most=own_templates.LONGEST_NAME,
            example=EXAMPLE,
        )
    if fold(name) in NAMES or fold(name).isdecimal():
        raise NotUnderstood(
            N_("“%(name)s” is the name of a report that everybody has."), hint=N_("Give another name."), name=name
        )
    return {"name": name, "base": base.name, "columns": columns, "where": where, "region": region}


def _filled(ctx: Context, base: Report) -> dict[str, Any]:
    inputs = ctx.inputs
    where = read_where(inputs.get("where", "").strip(), lambda: saved_filters(ctx, ctx.space))
    columns = in_order(base, inputs["columns"], inputs.get("order", ""))
    return _record(inputs.get("name", ""), base, columns, str(where), inputs.get("region") or None)


def _choose_base(ctx: Context) -> Reply:
    return Reply(
        "report_base",
        view={"bases": [(report.name, ctx.texts(report.title)) for report in REPORTS.values()], "example": EXAMPLE},
        data=lambda: {"form": ["name", "base"]},
        bounded=False,
        needs=Needs.NOTHING,
    )


def _form(
    ctx: Context,
    base: Report,
    name: str,
    columns: list[str],
    where: str,
    region: str | None,
    template: ReportTemplate | None,
) -> Reply:
    texts = ctx.texts
    fields = [each.field for each in base.columns]
    places = [str(fields.index(field) + 1) for field in columns if field in fields]
    as_listed = places == [str(place) for place in sorted(map(int, places))]
    return Reply(
        "report_form",
        view={
            "called": name,
            "base": base.name,
            "base_title": texts(base.title),
            "columns": [(str(place), f"{place} · {texts(each.header)}") for place, each in enumerate(base.columns, 1)],
            "chosen": ",".join(places),
            "order": "" if as_listed else ", ".join(places),
            "where": where,
            "region": region or "",
            "regions": [
                ("", texts(N_("as the space chose"))),
                (ALL, texts(N_("all"))),
                *((code, region_name(code, texts)) for code in KNOWN),
            ],
            "edits": template.name if template else None,
            "form_id": ctx.request_id,
        },
        data=lambda: {"form": ["name", "columns", "order", "where", "region"], "base": base.name},
        bounded=False,
    )


def _shown(ctx: Context, outcome: str, template: ReportTemplate) -> Reply:
    return Reply(
        "report_template",
        view={"outcome": outcome, "template": _view(ctx, template)},
        data=lambda: _data(template) | {"state": outcome},
        bounded=False,
    )


def _view(ctx: Context, template: ReportTemplate) -> dict[str, Any]:
    report = own_templates.report_of(template)
    return {
        "name": template.name,
        "base": ctx.texts(report.title),
        "columns": ", ".join(ctx.texts(column.header) for column in report.columns),
        "where": template.where,
        "region": region_name(template.region, ctx.texts) if template.region not in (None, ALL) else "",
    }


def _data(template: ReportTemplate) -> dict[str, Any]:
    return {"id": template.id, **own_templates.record_of(template), "created_by": template.created_by}


def _audit(ctx: Context, what: str, template: ReportTemplate, before: dict[str, Any], after: dict[str, Any]) -> Audit:
    return Audit(
        at=ctx.now,
        who=ctx.person.email,
        what=what,
        target=f"report_template:{template.id}",
        before=before,
        after=after,
        room_id=ctx.space.room_id or None,
    )


COMMANDS = (report_new, report_edit, report_delete, report_templates)
