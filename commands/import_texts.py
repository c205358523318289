"""What may be wrong with a file or a row of it, for the reader: the texts of `hub.importing` in the catalogue."""

from collections.abc import Mapping

from hub.importing import Fault, Note, Reason
from templates.catalogue import N_

FAULTS: Mapping[Fault, str] = {
    Fault.NOT_READABLE: N_("The file cannot be opened: %(cause)s."),
    Fault.ENCODING: N_("The file is not UTF-8 text. Save it as “CSV UTF-8”."),
    Fault.EMPTY: N_("The file is empty."),
    Fault.NO_HEADER: N_("The first line names no column that is known, such as customer or org_id."),
    Fault.MISSING_COLUMN: N_("A column is missing: %(columns)s."),
    Fault.REPEATED_COLUMN: N_("A column is there twice: %(columns)s."),
    Fault.NO_FIGURES: N_("No column holds a figure, such as calls, legs or queue_answer_seconds."),
    Fault.NOTHING_TO_KEEP: N_("The file holds no customer, so removing what it lacks would remove everything."),
}

REASONS: Mapping[Reason, str] = {
    Reason.REQUIRED: N_("is required"),
    Reason.UUID: N_("is neither a UUID nor the Webex id of one"),
    Reason.CHOICE: N_("is none of: %(choices)s"),
    Reason.SHORT_CODE: N_("is no short code such as US or EU"),
    Reason.COUNTRY: N_("is no two-letter country code of ISO 3166"),
    Reason.DATE: N_("is no date such as 2026-11-22"),
    Reason.AMBIGUOUS_DATE: N_("may be day/month or month/day; write %(month_first)s or %(day_first)s, or say dayfirst"),
    Reason.TIME: N_("is no time such as 2026-11-22T14:30:00Z"),
    Reason.COUNT: N_("is no whole number of at least 0"),
    Reason.TOO_LARGE: N_("is larger than %(limit)s"),
    Reason.TRIAL_RENEWS: N_("a trial never renews by itself"),
    Reason.CONTROL_CHARACTER: N_("holds a character that is no text"),
    Reason.QUOTES: N_("the quotation marks of this row do not match"),
    Reason.TOO_MANY_CELLS: N_("the row has %(cells)s cells and the header %(columns)s"),
    Reason.TOO_FEW_CELLS: N_("the row has %(cells)s cells and the header %(columns)s"),
    Reason.NO_SUBSCRIPTION: N_("is given without a subscription_id"),
    Reason.OTHER_CUSTOMER: N_("line %(line)s gives this subscription to another customer"),
    Reason.CONTRADICTION: N_("line %(line)s says %(other)s of the same subscription"),
    Reason.REPEATED_PRODUCT: N_("line %(line)s has this product of the same subscription already"),
    Reason.NO_SUNDAY: N_("is no Sunday; a week is named by the Sunday it begins on, such as %(sunday)s"),
    Reason.WEEK_NOT_OVER: N_("is a week that is not over yet"),
    Reason.UNKNOWN_CUSTOMER: N_("is no customer that is known; import or read the customers first"),
    Reason.REPEATED_WEEK: N_("line %(line)s has this week of the same customer already"),
}

NOTES: Mapping[Note, str] = {
    Note.USED_ABOVE_ASSIGNED: N_("more licences used than assigned"),
    Note.ASSIGNED_ABOVE_TOTAL: N_("more licences assigned than bought"),
    Note.LONG_TRIAL: N_("a trial of more than 90 days"),
    Note.ENDS_BEFORE_START: N_("ends before it starts"),
    Note.CUSTOMER_DIFFERS: N_("says something else of the customer than an earlier row, which was kept"),
    Note.FUTURE_DAY: N_("the day of the counts is still to come"),
    Note.NOT_REMOVED: N_("nothing was removed, because rows could not be read or a later file was imported before"),
}
