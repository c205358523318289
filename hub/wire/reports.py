"""Records of Webex's partner reports, as its examples have them (the schemas there belong to other reports)."""

from hub.wire.values import Count, Identity, Name, Record


class WebexTemplate(Record):
    """A report that can be asked for (Webex API reference, GET /v1/partner/reports/templates)."""

    templateId: int  # noqa: N815  (Webex's name)
    title: Name
    maxDays: Count | None = None  # noqa: N815


class WebexReportAsked(Record):
    """The answer to asking for one (Webex API reference, POST /v1/partner/reports)."""

    reportId: Identity  # noqa: N815


class WebexReport(Record):
    """How far one is (Webex API reference, GET /v1/partner/reports/{reportId})."""

    status: Name
    downloadURL: str | None = None  # noqa: N815
