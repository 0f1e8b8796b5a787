"""What can be asked of contacts in conditions: lists, segments and rules.

`CONTACTS` is the vocabulary; packages further up add what they know of a contact with
`CONTACTS.add(...)` when they are loaded. The workspace's own fields are the family `fields.<key>`,
consents the family `consent.<purpose>[.<channel id>]`.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.vocabulary import addresses, consents, marks, own_fields, touches
from core.conditions import Field, Vocabulary

ABOUT = _("Contact")

CONTACTS = Vocabulary(
    Field("name", pgettext_lazy("person", "Name"), "text", ask=addresses.name, group=ABOUT),
    Field("phone", _("Phone"), "text", ask=addresses.phone, group=ABOUT),
    Field("email", _("E-mail"), "text", ask=addresses.email, group=ABOUT),
    Field("username", _("Username"), "text", ask=addresses.username, group=ABOUT),
    Field(
        "language", _("Language"), "choice", ask=marks.language, choices=marks.languages,
        group=ABOUT,
    ),
    Field("note", pgettext_lazy("contact", "About"), "text", ask=marks.note, group=ABOUT),
    Field("created_at", pgettext_lazy("contact", "Created"), "moment", group=ABOUT),
    Field("updated_at", _("Changed"), "moment", group=ABOUT),
    Field(
        "owner", _("Owner"), "choice", path="owner_id", parse=marks.member, choices=marks.members,
        group=ABOUT,
    ),
    Field(
        "company", _("Company"), "choice", ask=marks.company, choices=marks.companies, group=ABOUT
    ),
    Field("labels", _("Labels"), "many", ask=marks.labels, choices=marks.label_names, group=ABOUT),
    Field("blocked", _("Blocked"), "boolean", ask=marks.blocked, group=ABOUT),
    Field(
        "channel", _("Writes on"), "many", ask=addresses.channel, choices=addresses.channels,
        group=_("Channels"),
    ),
    Field(
        "reachable", _("Can be written to on"), "many", ask=addresses.reachable,
        choices=addresses.channels, group=_("Channels"),
    ),
    *touches.FIELDS,
)  # fmt: skip
CONTACTS.add_family("fields", own_fields.finder("contact"), own_fields.members("contact"))
CONTACTS.add_family("consent", consents.find, consents.members)

__all__ = ["CONTACTS"]
