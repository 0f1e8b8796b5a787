"""<turbo-stream> elements, made of a template: what a fragment's `stream` is made of.

The template must not depend on who looks: one rendering goes to every viewer.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

Context = dict[str, Any]


def append(target: str, template: str, context: Context) -> SafeString:
    """Put at the end of the element with this id; a child with the same id is replaced."""
    return _stream("append", target, _render(template, context))


def prepend(target: str, template: str, context: Context) -> SafeString:
    """Put at the beginning of the element with this id."""
    return _stream("prepend", target, _render(template, context))


def replace(target: str, template: str, context: Context, *, morph: bool = False) -> SafeString:
    """Put in the place of the element with this id; `morph` changes only what differs."""
    return _stream("replace", target, _render(template, context), morph=morph)


def update(target: str, template: str, context: Context, *, morph: bool = False) -> SafeString:
    """Put inside the element with this id, instead of what is there."""
    return _stream("update", target, _render(template, context), morph=morph)


def before(target: str, template: str, context: Context) -> SafeString:
    """Put before the element with this id."""
    return _stream("before", target, _render(template, context))


def after(target: str, template: str, context: Context) -> SafeString:
    """Put after the element with this id."""
    return _stream("after", target, _render(template, context))


def remove(target: str, *, seq: int) -> SafeString:
    """Take the element with this id away; what is older than `seq` will not bring it back."""
    return format_html(
        '<turbo-stream action="remove" target="{}" seq="{}"></turbo-stream>', target, seq
    )


def _render(template: str, context: Context) -> SafeString:
    return mark_safe(render_to_string(template, context))  # noqa: S308  a template's output


def _stream(action: str, target: str, content: SafeString, *, morph: bool = False) -> SafeString:
    method = mark_safe(' method="morph"') if morph else ""
    return format_html(
        '<turbo-stream action="{}" target="{}"{}><template>{}</template></turbo-stream>',
        action,
        target,
        method,
        content,
    )
