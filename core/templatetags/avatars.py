"""{% avatar name key %}: initials on one of five tones, the same for the same key (an id)."""

from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.icons import channel_icon
from core.text import initials

register = template.Library()

_TONES = 5


@register.simple_tag
def avatar(
    name: str,
    key: UUID | str | None = None,
    css: str = "",
    channel: str = "",
    online: bool | None = None,
    picture: str = "",
) -> SafeString:
    """A round sign of a person. Decoration: the name must stand beside it or label its button.

    `css`: "avatar--small", "avatar--large". `channel`: a kind, drawn on the corner.
    `online`: True a green dot, False a hollow one, None nothing. `picture`: the address of one,
    shown instead of the initials.
    """
    presence = {True: "avatar--online", False: "avatar--away", None: ""}[online]
    classes = " ".join(filter(None, ["avatar", f"avatar--{tone_of(key or name)}", css, presence]))
    sign = channel_icon(channel) if channel else ""
    face = (
        format_html('<img class="avatar__picture" src="{}" alt="" loading="lazy">', picture)
        if picture
        else initials(name)
    )
    return format_html('<span class="{}" aria-hidden="true">{}{}</span>', classes, face, sign)


def tone_of(key: UUID | str) -> int:
    """1 to 5, stable for a key. UUIDv7 starts with its time, so the random end is summed."""
    return sum(str(key).encode()[-12:]) % _TONES + 1
