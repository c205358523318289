"""Records of Webex's partner interfaces (Webex API reference)."""

from pydantic import Field

from hub.wire.values import Count, Day, Identity, Name, OrgId, Record, Text


class WebexOrganization(Record):
    """An organization (Webex API reference, GET /v1/organizations)."""

    id: OrgId
    displayName: Name  # noqa: N815  (Webex's name)
    created: Day | None = None


class WebexLicence(Record):
    """A licence of an organization (Webex API reference, GET /v1/licenses)."""

    subscriptionId: Identity  # noqa: N815
    name: Name
    totalUnits: Count | None = None  # noqa: N815
    consumedUnits: Count | None = None  # noqa: N815


class WebexPerson(Record):
    """Somebody (Webex API reference, GET /v1/people)."""

    id: Identity
    emails: list[Identity] = Field(min_length=1)
    displayName: Text  # noqa: N815
    orgId: OrgId  # noqa: N815
    roles: list[str] | None = None


class WebexAdministrator(Record):
    """Somebody assigned to a customer (Webex API reference, GET /v1/partner/organizations/{orgId}/partnerAdmins)."""

    id: Identity
    emails: list[Identity] = Field(min_length=1)
    displayName: Text  # noqa: N815
    roleInCustomerOrg: Text  # noqa: N815


class WebexMe(Record):
    """The administrator whose token is used (Webex API reference, GET /v1/people/me)."""

    orgId: OrgId  # noqa: N815


class WebexRole(Record):
    """A role (Webex API reference, GET /v1/roles)."""

    id: Identity


class ManagedOrganization(Record):
    """A customer of a partner administrator (Webex API reference, GET /v1/partner/organizations)."""

    orgId: OrgId  # noqa: N815


class WebexTag(Record):
    """A tag in use (Webex API reference, GET /v1/partner/tags)."""

    name: Identity


class Tags(Record):
    """The tags of a customer or of a subscription (Webex API reference, Partner Tags)."""

    tags: list[Name]


class TaggedOrganization(Tags):
    """A customer with its tags (Webex API reference, GET /v1/partner/tags/organizations)."""

    orgId: OrgId  # noqa: N815


class TaggedSubscription(Tags):
    """A subscription with its tags (Webex API reference, GET /v1/partner/tags/subscriptions)."""

    subscriptionId: Identity  # noqa: N815


class WebexTokens(Record):
    """Tokens as renewed (Webex API reference, POST /v1/access_token; service apps answer alike); lives in seconds."""

    access_token: Identity
    expires_in: Count
    refresh_token: str | None = None
    refresh_token_expires_in: Count | None = None
