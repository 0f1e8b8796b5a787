"""The job that writes a file of contacts."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.bulk.registry import BulkAction, BulkForm, register_bulk_action
from contacts.bulk.selecting import contacts_of
from contacts.exports.sheets import FORMATS, SheetRunner
from contacts.jobs.registry import runner
from contacts.table.columns import Column, all_columns, chosen_columns
from workspaces.permissions import Verb

CHUNK: Final = 1_000


class ExportForm(BulkForm):
    format = forms.ChoiceField(label=gettext_lazy("File"), choices=FORMATS)
    columns = forms.ChoiceField(
        label=gettext_lazy("Columns"),
        choices=[
            ("chosen", gettext_lazy("As in my table")),
            ("all", pgettext_lazy("columns", "All")),
        ],
    )

    def settings(self) -> dict[str, Any]:
        everything = self.cleaned_data["columns"] == "all"
        columns = all_columns(self.viewer) if everything else chosen_columns(self.viewer)
        return {
            "format": self.cleaned_data["format"],
            "columns": [column.name for column in columns],
        }


@runner("export")
class Export(SheetRunner):
    def head(self) -> list[str]:
        return [str(column.label) for column in self._columns()]

    def rows(self) -> tuple[list[list[Any]], bool]:
        contacts, columns = list(contacts_of(self.job)[:CHUNK]), self._columns()
        loaded = [(column, column.load(contacts, self.job.by)) for column in columns]
        if contacts:
            self.job.cursor["after"] = str(contacts[-1].pk)
        rows = [
            [column.plain(contact, values.get(contact.pk)) for column, values in loaded]
            for contact in contacts
        ]
        return rows, len(contacts) == CHUNK

    def _columns(self) -> list[Column]:
        known = {column.name: column for column in all_columns(self.job.by)}
        return [known[name] for name in self.job.settings["columns"] if name in known]


register_bulk_action(
    BulkAction(
        "export",
        gettext_lazy("Export"),
        "download",
        Verb.EXPORT_CONTACTS,
        ExportForm,
        "export",
        gettext_lazy("Export"),
        place=30,
    )
)
