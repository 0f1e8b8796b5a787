"""A letter's HTML made harmless.

Scripts, forms, frames and styles that reach out are taken away; what is left is shown in a frame
that may run nothing and knows no log-in, under a policy that lets nothing be fetched but pictures
from us. Pictures from elsewhere tell the sender who reads when and where: their addresses are
left out until an agent asks for them, and then they come through us.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import nh3

# What is longer is cut: a page that nobody could read and a browser could hardly draw.
LONGEST: Final = 2_000_000
_TAGS: Final = (nh3.ALLOWED_TAGS | {"font", "u", "big"}) - {"map", "area"}
_EVERYWHERE: Final = {
    *("align", "bgcolor", "border", "cellpadding", "cellspacing", "color", "dir", "height", "lang"),
    *("style", "title", "valign", "width"),
}
_ATTRIBUTES: Final = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "font": {"face", "size"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "ol": {"start", "type"},
    "ul": {"type"},
}
# No url() in any of them, and nothing that leaves its place or lies over others.
_STYLES: Final = {
    *("background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style"),
    *("border-bottom-width", "border-collapse", "border-color", "border-left", "border-radius"),
    *("border-right", "border-spacing", "border-style", "border-top", "border-width", "color"),
    *("direction", "display", "font-family", "font-size", "font-style", "font-weight", "height"),
    *("letter-spacing", "line-height", "margin", "margin-bottom", "margin-left", "margin-right"),
    *("margin-top", "max-width", "padding", "padding-bottom", "padding-left", "padding-right"),
    *("padding-top", "text-align", "text-decoration", "text-indent", "text-transform"),
    *("vertical-align", "white-space", "width", "word-break", "word-wrap"),
}
_WITH_CONTENT: Final = {"script", "style", "title", "head", "iframe", "object", "embed", "noscript"}
_CID: Final = re.compile(r"cid:(.{1,300})", re.IGNORECASE | re.DOTALL)

PictureAddress = Callable[[str], str | None]


def cleaned(page: str, *, inner: PictureAddress, remote: PictureAddress | None) -> str:
    """The page's harmless part.

    `inner` gives the address of a picture that lies in the letter, by its Content-ID; `remote` that
    of one from elsewhere, by its own. None = it is not shown.
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag != "img" or name != "src":
            return value
        return _picture(value.strip(), inner, remote)

    found: str = nh3.clean(
        page[:LONGEST],
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    return found


def _picture(source: str, inner: PictureAddress, remote: PictureAddress | None) -> str | None:
    if match := _CID.fullmatch(source):
        return inner(match[1].strip("<>"))
    address = f"https:{source}" if source.startswith("//") else source
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc or remote is None:
        return None
    return remote(address)
