"""What templates say of messages that are no text: {{ message|system_words }}."""

import json
from typing import Any
from urllib.parse import urlsplit

from django import template

from inbox import contents

register = template.Library()
register.filter("system_words", contents.system_words)
register.filter("unsupported_words", contents.unsupported_words)
register.filter("price_words", contents.price_words)

LONGEST_DOCUMENT = 4000


@register.filter
def is_web_address(value: Any) -> bool:
    """Whether a link may lead there: never javascript: or data:."""
    try:
        return urlsplit(str(value)).scheme in {"http", "https"}
    except ValueError:
        return False


@register.filter
def as_document(value: Any) -> str:
    """A platform's own words, for who wants to see what came."""
    return json.dumps(value, ensure_ascii=False, indent=2)[:LONGEST_DOCUMENT]
