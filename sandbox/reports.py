"""/v1/partner/reports: templates, reports that take a while, their ZIP files (admin API reference; WEBEX.md §13)."""

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.errors import BadRequest, Forbidden, NotFound
from sandbox.ids import Kind, bare, webex_id
from sandbox.partner import Customer, Partner
from sandbox.regions import HOME, SPELLINGS
from sandbox.resources import Json
from sandbox.rest import answer, iso_day, json_body, no_content, query_day
from sandbox.switches import Switches
from sandbox.tables import DEVICE_COLUMNS, NUMBER_COLUMNS, USAGE_COLUMNS, Row, Span, Tables, csv_text
from sandbox.world import World

MAX_DAYS = 31
KEPT = timedelta(days=395)
"""How far the data go back."""
PREPARATION = timedelta(minutes=10)
LINK_LIFE = timedelta(hours=1)
PATIENCE_SECONDS = 1.0

Rows = Callable[[Iterable[Customer], Span, date], Iterator[Row]]


class Status(StrEnum):
    """How far a report is; only `done` is documented."""

    RUNNING = "in progress"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Template:
    """One kind of report."""

    id: int
    title: str
    columns: tuple[str, ...]
    rows: Rows


@dataclass(eq=False)
class Report:
    """A report that somebody asked for. Its file is made when it is done; the link to it lasts for an hour."""

    uuid: str
    template: Template
    span: Span
    region: str
    created: datetime
    polls: int = 0
    status: Status = Status.RUNNING
    making: Future[bytes] | None = None
    file: bytes = b""
    link_expires: datetime | None = None

    @property
    def file_name(self) -> str:
        """The CSV's name; the ZIP's is the same, without a suffix of its own."""
        return f"{self.template.title}_{self.uuid[:8]}_{self.span.first}_{self.span.last}.csv"


class Reports:
    """The partner's reports, one region each."""

    def __init__(self, world: World, partner: Partner, access: Access, tables: Tables, switches: Switches) -> None:
        self._world = world
        self._partner = partner
        self._access = access
        self._switches = switches
        self._reports: dict[str, Report] = {}
        self._maker = ThreadPoolExecutor(1, "reports")
        self._templates = (
            Template(130, "Calling Detailed Usage", USAGE_COLUMNS, tables.usage),
            Template(131, "Devices", DEVICE_COLUMNS, tables.devices),
            Template(132, "Phone Numbers", NUMBER_COLUMNS, tables.numbers),
        )

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/v1/partner/reports/templates", self.templates),
            Route("/v1/partner/reports", self.list_reports),
            Route("/v1/partner/reports", self.create, methods=["POST"]),
            Route("/v1/partner/reports/{report}", self.details),
            Route("/v1/partner/reports/{report}", self.delete, methods=["DELETE"]),
            Route("/reports/download", self.download),
        ]

    async def templates(self, request: Request) -> Response:
        """Every kind of report: a bare array, as the reference's example has it (WEBEX.md §16)."""
        self._authorise(request)
        today = self._world.clock.today()
        return answer([_template(template, today) for template in self._templates])

    async def list_reports(self, request: Request) -> Response:
        """The reports of one region, by default the partner's own, the oldest first."""
        self._authorise(request)
        params = request.query_params
        region = _region(params.get("regionId", HOME))
        start, end = query_day(request, "from", date.min), query_day(request, "to", date.max)
        template, service = params.get("templateId"), params.get("service")
        found = [
            report
            for report in self._reports.values()
            if report.region == region and start <= report.created.date() < end
            if template in (None, str(report.template.id)) and service in (None, SERVICE)
        ]
        return answer({"items": [self._shown(report) for report in found]})

    async def create(self, request: Request) -> Response:
        """Ask for a report."""
        self._authorise(request)
        body = await json_body(request)
        template = self._template(body.get("templateId"))
        span = _span(body, self._world.clock.today())
        region = body.get("regionId", HOME)
        if not isinstance(region, str) or not region:
            raise BadRequest("regionId must be a region such as US, CA or EU.")
        report = Report(uuid4().hex, template, span, _region(region), self._world.clock.now())
        self._reports[report.uuid] = report
        return answer({"reportId": webex_id(Kind.REPORT, report.uuid), "createdTime": _time(report.created)})

    async def details(self, request: Request) -> Response:
        """How far a report is; asking often enough makes it done."""
        report = self._report(request)
        report.polls += 1
        now = self._world.clock.now()
        is_ready = report.polls > self._switches.report_polls or now - report.created >= PREPARATION
        if report.status is Status.RUNNING and is_ready:
            await self._make(report)
        if report.status is Status.DONE:
            report.link_expires = now + LINK_LIFE
        return answer(self._shown(report))

    async def delete(self, request: Request) -> Response:
        """Forget a report."""
        del self._reports[self._report(request).uuid]
        return no_content()

    async def download(self, request: Request) -> Response:
        """The ZIP, whose name does not say so."""
        self._access.partner_reader(request)
        report = self._reports.get(bare(request.query_params.get("reportId", "")))
        if report is None or report.link_expires is None:
            raise NotFound("Report not found.")
        if self._world.clock.now() > report.link_expires:
            raise Forbidden("The link has expired: ask for the report's details again.")
        headers = {"Content-Disposition": f'attachment; filename="{report.file_name.removesuffix(".csv")}"'}
        return Response(report.file, headers=headers, media_type="application/octet-stream")

    async def _make(self, report: Report) -> None:
        """Make the file; what takes long, as that of a large partner does, goes on while others are served."""
        if self._switches.fail_reports:
            report.status = Status.FAILED
            return
        if report.making is None:
            customers = [one for one in self._partner.customers if (one.region or HOME) == report.region]
            rows = report.template.rows(customers, report.span, self._world.clock.today())
            report.making = self._maker.submit(_zipped, report.file_name, report.template.columns, rows)
        await asyncio.wait([asyncio.wrap_future(report.making)], timeout=PATIENCE_SECONDS)
        if report.making.done():
            report.file = report.making.result()
            report.status = Status.DONE

    def _authorise(self, request: Request) -> None:
        """Only the partner itself: it has no sub-partners here."""
        caller = self._access.partner_reader(request)
        behalf = request.query_params.get("onBehalfOfSubPartnerOrgId")
        if behalf is not None and bare(behalf) != caller.org:
            raise NotFound("Sub-partner organization not found.")

    def _report(self, request: Request) -> Report:
        self._authorise(request)
        report = self._reports.get(bare(request.path_params["report"]))
        if report is None:
            raise NotFound("Report not found.")
        return report

    def _template(self, template_id: object) -> Template:
        found = next((one for one in self._templates if template_id == one.id), None)
        if found is None or isinstance(template_id, bool):
            raise BadRequest("templateId must be the id of a report template.")
        return found

    def _shown(self, report: Report) -> Json:
        report_id = webex_id(Kind.REPORT, report.uuid)
        shown: Json = {
            "reportId": report_id,
            "templateId": report.template.id,
            "title": report.template.title,
            "service": SERVICE,
            "startDate": report.span.first.isoformat(),
            "endDate": report.span.last.isoformat(),
            "regionId": report.region,
            "createdTime": _time(report.created),
            "status": report.status,
        }
        if report.status is Status.DONE:
            shown |= {
                "fileName": report.file_name,
                "fileSize": len(report.file),
                "checksum": sha256(report.file).hexdigest(),
                "downloadURL": f"{self._world.url}/reports/download?reportId={report_id}",
                "downloadUrlExpiryTime": str(int(LINK_LIFE.total_seconds())),
            }
        return shown


SERVICE = "Webex Calling"


def _template(template: Template, today: date) -> Json:
    return {
        "templateId": template.id,
        "title": template.title,
        "service": SERVICE,
        "category": "Partner",
        "maxDays": MAX_DAYS,
        "dataStartDate": (today - KEPT).isoformat(),
        "dataEndDate": today.isoformat(),
    }


def _span(body: Json, today: date) -> Span:
    first, last = iso_day(body.get("startDate"), "startDate"), iso_day(body.get("endDate"), "endDate")
    if last < first:
        raise BadRequest("endDate must not be before startDate.")
    if (last - first).days + 1 > MAX_DAYS:
        raise BadRequest(f"A report covers at most {MAX_DAYS} days.")
    if first < today - KEPT or last > today:
        raise BadRequest(f"Data are available from {today - KEPT} to {today}.")
    return Span(first, last)


def _region(code: str) -> str:
    return SPELLINGS.get(code.upper(), code.upper())


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _zipped(name: str, columns: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, csv_text(columns, rows))
    return file.getvalue()
