"""What sources are called."""

from hub.calling.fetching import SOURCE as CALLING
from templates.catalogue import N_

NAMES = {
    "webex": N_("Customers in Webex"),
    "tags": N_("Tags in Webex"),
    "administrators": N_("Partner administrators in Webex"),
    "licences": N_("Licences in Webex"),
    "feed": N_("Feed"),
    CALLING: N_("Weeks of Webex Calling"),
    "import": N_("Imported file"),
}
"""What is read, by the code its row has."""
