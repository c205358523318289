"""Import of the customer CSV (Partner Hub's export, in English or Spanish)."""

from hub.importing.customers import import_customers
from hub.importing.problems import Fault, Reason, RowError, UnusableFile
from hub.importing.summary import Counted, Note, Remark, Summary

__all__ = [
    "Counted",
    "Fault",
    "Note",
    "Reason",
    "Remark",
    "RowError",
    "Summary",
    "UnusableFile",
    "import_customers",
]
