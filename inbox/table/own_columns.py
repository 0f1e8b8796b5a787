"""The columns of what the inbox itself knows of a conversation."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import ContactLabel
from inbox.filters import ACTIVITY, WAITING
from inbox.table.columns import Column, Rows, register_column


def _attribute(name: str) -> Callable[[Rows], Mapping[UUID, Any]]:
    return lambda rows: {row.pk: getattr(row, name) for row in rows.conversations}


def _labels(rows: Rows) -> Mapping[UUID, list[tuple[str, str]]]:
    """Name and colour of the customer's labels."""
    contacts = {row.contact_id for row in rows.conversations}
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    links = ContactLabel.objects.filter(contact_id__in=contacts).order_by("label__name")
    for contact_id, name, color in links.values_list("contact_id", "label__name", "label__color"):
        found[contact_id].append((name, color))
    return {row.pk: found.get(row.contact_id, []) for row in rows.conversations}


register_column(
    Column(
        "waiting", _("Waits"), _attribute("waiting_since"), "inbox/cells/_waiting.html", order=10,
        sort=WAITING,
    )
)  # fmt: skip
register_column(
    Column(
        "assignee", _("Assigned to"), _attribute("assignee_name"), "inbox/cells/_assignee.html",
        order=50,
    )
)  # fmt: skip
register_column(Column("labels", _("Labels"), _labels, "inbox/cells/_labels.html", order=70))
register_column(
    Column(
        "channel", _("Channel"), _attribute("channel_name"), "inbox/cells/_channel.html", order=80,
        is_usual=False,
    )
)  # fmt: skip
register_column(
    Column(
        "state", pgettext_lazy("conversation", "Status"), _attribute("status"),
        "inbox/cells/_state.html", order=90, is_usual=False,
    )
)  # fmt: skip
register_column(
    Column(
        "activity", _("Last message"), _attribute("last_activity_at"), "inbox/cells/_moment.html",
        order=100, sort=f"-{ACTIVITY}", is_usual=False,
    )
)  # fmt: skip
