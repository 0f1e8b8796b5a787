"""Doing something with many contacts at once: those that are ticked, or all that are found.

    register_bulk_action(BulkAction("add_label", _("Add a label"), "tag", verb, form, kind, submit))

The form's cleaned values become the settings of a job of this kind; the job's runner is a
`BulkChange` (see `contacts.bulk.changing`), which may say how its work is taken back.
"""

from contacts.bulk.changing import BulkChange
from contacts.bulk.registry import BulkAction, bulk_action, bulk_actions, register_bulk_action

__all__ = [
    "BulkAction",
    "BulkChange",
    "bulk_action",
    "bulk_actions",
    "register_bulk_action",
]
