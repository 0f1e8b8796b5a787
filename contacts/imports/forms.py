"""What a person decides about a file: its columns, and what becomes of known contacts."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.imports import merging
from contacts.imports.reading import LARGEST_BYTES
from contacts.imports.targets import NEW_FIELD, takes_several, targets
from contacts.models import Job
from workspaces.models import Membership
from workspaces.permissions import Verb, can

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

ENCODINGS = [("utf-8-sig", "UTF-8"), ("cp1251", "Windows-1251"), ("utf-16", "UTF-16")]
DELIMITERS = [
    (",", gettext_lazy("comma")),
    (";", gettext_lazy("semicolon")),
    ("\t", gettext_lazy("tab")),
    ("|", gettext_lazy("bar")),
]


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"))

    def clean_file(self) -> "UploadedFile[bytes]":
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > LARGEST_BYTES:
            raise ValidationError(_("The file is larger than 200 MB. Split it in parts."))
        return upload


class MappingForm(forms.Form):
    """A select for each column, named `column_0` and so on."""

    has_header = forms.BooleanField(
        label=gettext_lazy("The first row has the names of the columns"), required=False
    )
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), choices=ENCODINGS, required=False)
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Separator"), choices=DELIMITERS, required=False
    )
    labels = forms.CharField(
        label=gettext_lazy("Labels for everybody in the file"), max_length=300, required=False
    )

    def __init__(self, *args: Any, job: Job, viewer: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._job = job
        groups: dict[str, list[tuple[str, Any]]] = {}
        for target in targets():
            groups.setdefault(str(target.group), []).append((target.key, target.label))
        choices: list[Any] = [("", _("Leave out")), *groups.items()]
        if can(viewer, Verb.MANAGE_WORKSPACE):
            choices.append((NEW_FIELD, _("A new field of your own")))
        settings = job.settings
        self.columns = []
        for number, head in enumerate(settings["sample"][0]):
            name = f"column_{number}"
            guessed = settings["mapping"][number] if number < len(settings["mapping"]) else ""
            label = head if settings["has_header"] and head else _("Column %d") % (number + 1)
            self.fields[name] = forms.ChoiceField(
                choices=choices, required=False, initial=guessed, label=label
            )
            self.columns.append(name)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        chosen = self.mapping()
        if not set(chosen) & {"name", "phone", "email"}:
            raise ValidationError(_("Choose the column with the name, the phone or the e-mail."))
        for number, key in enumerate(chosen):
            if key in chosen[:number] and not takes_several(key):
                self.add_error(f"column_{number}", _("Another column is this already."))
        return found

    def mapping(self) -> list[str]:
        """The target of each column."""
        return [self.cleaned_data.get(name, "") for name in self.columns]

    def label_names(self) -> list[str]:
        names = [name.strip()[:60] for name in re.split("[,;]", self.cleaned_data["labels"])]
        return list(dict.fromkeys(filter(None, names)))


class StartForm(forms.Form):
    duplicates = forms.ChoiceField(
        choices=[
            (merging.FILL, gettext_lazy("Fill in what is empty")),
            (merging.OVERWRITE, gettext_lazy("Overwrite with what the file says")),
            (merging.SKIP, gettext_lazy("Skip")),
        ],
        widget=forms.RadioSelect,
        initial=merging.FILL,
        label=gettext_lazy("Contacts that are there already"),
    )
