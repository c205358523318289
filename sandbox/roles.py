"""Webex's list of administrator roles, and which of them are the product's partner roles (WEBEX.md §12).

The ids of the partner full, read-only and advanced help desk roles are not confirmed by any public source; a
client is meant to keep the mapping as a setting.
"""

from sandbox.ids import Kind, webex_id
from sandbox.model import PartnerRole

NAMES = {
    "id_full_admin": "Full Administrator",
    "id_readonly_admin": "Read-only Administrator",
    "id_user_admin": "User Administrator",
    "id_device_admin": "Device Administrator",
    "atlas-portal.partner.salesfulladmin": "Partner Full Administrator",
    "atlas-portal.partner.salesadmin": "Sales Administrator",
    "atlas-portal.partner.readonly": "Partner Read-only Administrator",
    "atlas-portal.partner.helpdesk": "Help Desk Administrator",
    "atlas-portal.partner.helpdesk.advanced": "Advanced Help Desk Administrator",
    "atlas-portal.support": "Support Administrator",
    "atlas-portal.billing": "Billing Administrator",
    "atlas-portal.reports": "Reports Administrator",
}

INTERNAL_NAME = {
    PartnerRole.FULL_ADMIN: "atlas-portal.partner.salesfulladmin",
    PartnerRole.ADMIN: "atlas-portal.partner.salesadmin",
    PartnerRole.READONLY_ADMIN: "atlas-portal.partner.readonly",
    PartnerRole.HELP_DESK: "atlas-portal.partner.helpdesk",
    PartnerRole.HELP_DESK_ADVANCED: "atlas-portal.partner.helpdesk.advanced",
}

PARTNER_ROLE = {name: role for role, name in INTERNAL_NAME.items()}


def role_id(role: PartnerRole) -> str:
    """The id under which Webex lists this partner role."""
    return webex_id(Kind.ROLE, INTERNAL_NAME[role])
