"""What messages of kinds that are no text are called and say, in the viewer's language."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from inbox.models import Message

# By the names that the platforms have for what we cannot show.
FIELDS: Final[dict[str, Promise]] = {
    "poll": gettext_lazy("Poll"),
    "checklist": gettext_lazy("Checklist"),
    "dice": gettext_lazy("Dice"),
    "game": gettext_lazy("Game"),
    "story": gettext_lazy("Story"),
    "gift": gettext_lazy("Gift"),
    "unique_gift": gettext_lazy("Gift"),
    "invoice": gettext_lazy("Invoice"),
    "giveaway": gettext_lazy("Giveaway"),
    "paid_media": gettext_lazy("Paid media"),
    "call": pgettext_lazy("message", "Call"),
    "article": pgettext_lazy("message", "Article"),
    "wall": gettext_lazy("Post"),
    "wall_reply": gettext_lazy("Comment on a post"),
    "market": gettext_lazy("Product"),
    "graffiti": gettext_lazy("Graffiti"),
    "money_transfer": gettext_lazy("Money transfer"),
    "group_call_in_progress": pgettext_lazy("message", "Call"),
    "interactive": gettext_lazy("Form"),
    "empty": gettext_lazy("Empty message"),
}
EVENTS: Final[dict[str, Promise]] = {
    "new_chat_members": gettext_lazy("Joined the group"),
    "chat_invite_user": gettext_lazy("Joined the group"),
    "chat_invite_user_by_link": gettext_lazy("Joined the group"),
    "left_chat_member": gettext_lazy("Left the group"),
    "chat_kick_user": gettext_lazy("Left the group"),
    "new_chat_title": gettext_lazy("The group has a new name"),
    "chat_title_update": gettext_lazy("The group has a new name"),
    "new_chat_photo": gettext_lazy("The group has a new picture"),
    "chat_photo_update": gettext_lazy("The group has a new picture"),
    "delete_chat_photo": gettext_lazy("The group’s picture was removed"),
    "chat_photo_remove": gettext_lazy("The group’s picture was removed"),
    "group_chat_created": gettext_lazy("The group was created"),
    "supergroup_chat_created": gettext_lazy("The group was created"),
    "chat_create": gettext_lazy("The group was created"),
    "pinned_message": gettext_lazy("A message was pinned"),
    "chat_pin_message": gettext_lazy("A message was pinned"),
    "chat_unpin_message": gettext_lazy("A message was unpinned"),
    "migrate_to_chat_id": gettext_lazy("The group became a supergroup"),
    "migrate_from_chat_id": gettext_lazy("The group became a supergroup"),
    "successful_payment": gettext_lazy("The customer paid"),
    "refunded_payment": gettext_lazy("The payment was refunded"),
    "write_access_allowed": gettext_lazy("The customer allowed messages"),
    "connected_website": gettext_lazy("The customer logged in on the website"),
    "web_app_data": gettext_lazy("The customer sent a form"),
    "user_changed_number": gettext_lazy("The customer changed their number"),
    "customer_changed_number": gettext_lazy("The customer changed their number"),
    "customer_identity_changed": gettext_lazy("The customer’s device changed"),
}


def system_words(message: Message) -> str:
    """What happened: "Joined the group: Maria"."""
    payload = message.payload
    words = EVENTS.get(str(payload.get("event")))
    if words is None:
        return message.text or str(message.get_kind_display())
    about = payload.get("title") or ", ".join(str(name) for name in payload.get("names") or ())
    about = about or message.text
    return f"{words}: {about}" if about else str(words)


def unsupported_words(message: Message) -> str:
    """What the customer sent, by name where it has one."""
    field = str(message.payload.get("field") or "")
    nameless = field in ("unsupported", "unknown")
    name = "" if nameless else FIELDS.get(field) or field.replace("_", " ")
    if not name:
        return _("Such messages cannot be shown here yet. Open the messenger to see it.")
    return _("%(name)s: cannot be shown here yet. Open the messenger to see it.") % {"name": name}


def price_words(price: dict[str, Any]) -> str:
    """Whether the platform charges for the message, and as what."""
    if not price.get("billable"):
        return _("free of charge")
    category = str(price.get("category") or "")
    known = {
        "marketing": _("paid: marketing"),
        "utility": _("paid: service"),
        "authentication": _("paid: authentication"),
    }
    return known.get(category, _("paid"))
