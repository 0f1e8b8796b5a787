"""Verbs on tracked links."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from events import types
from events.journal import record
from marketing.links import is_safe
from marketing.models import TrackedLink
from marketing.tracked_links import MARKS, can_lead_to, new_key
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

By = Membership | ApiToken
LONGEST: Final = {"name": 120, "source": 100, "medium": 100, "greeting": 200}
TEXTS: Final = ("name", "url", "greeting", *MARKS)


def create_link(
    *, by: By, channel: Channel | None = None, url: str = "", **texts: str
) -> TrackedLink:
    """A link to a page (`url`) or into a chat (`channel`), with its marks. Raises
    `ValidationError` by field, `PermissionDenied`."""
    require(by, Verb.WRITE_LINKS)
    link = TrackedLink(
        key=new_key(),
        kind=TrackedLink.Kind.CHAT if channel is not None else TrackedLink.Kind.PAGE,
        channel=channel,
        made_by=by if isinstance(by, Membership) else None,
    )
    _set(link, {"url": url, **texts})
    link.save(force_insert=True)
    _record(link, by, "created")
    return link


def update_link(link: TrackedLink, *, by: By, **texts: str) -> TrackedLink:
    """Change its name, address or marks; touches that were keep theirs. The key stays."""
    require(by, Verb.WRITE_LINKS)
    _set(link, texts)
    link.save()
    _record(link, by, "updated")
    return link


def archive_link(link: TrackedLink, *, by: By, archived: bool = True) -> TrackedLink:
    """Show it no more, or again. Whoever has it on paper gets where it leads all the same."""
    require(by, Verb.WRITE_LINKS)
    if (link.archived_at is not None) != archived:
        link.archived_at = timezone.now() if archived else None
        link.save(update_fields=["archived_at"])
        _record(link, by, "archived" if archived else "restored")
    return link


def _set(link: TrackedLink, texts: dict[str, Any]) -> None:
    if unknown := set(texts) - set(TEXTS):
        raise TypeError(f"A link has no {min(unknown)} to set.")
    for name, value in texts.items():
        text = value.replace("\0", "").strip()
        setattr(link, name, text[: LONGEST.get(name, 200)] if name != "url" else text)
    if not link.source:
        raise ValidationError({"source": _("Say which source it is for, such as vk.")})
    if not link.name:
        link.name = " · ".join(filter(None, [link.source, link.campaign]))[:120]
    if link.kind == TrackedLink.Kind.PAGE and not is_safe(link.url):
        raise ValidationError({"url": _("An address like https://example.com/ is needed.")})
    if link.channel is not None and not can_lead_to(link.channel):
        raise ValidationError(
            {"channel": _("No address leads to this channel that tells where one came from.")}
        )


def _record(link: TrackedLink, by: By, changed: str) -> None:
    data = {"name": link.name, "source": link.source, "campaign": link.campaign}
    record(types.LINK_CHANGED, subject=link, by=by, data={**data, "changed": changed})
