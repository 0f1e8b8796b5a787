"""How broadcasts fare. Counted from their recipients; who came further has been there."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.metrics.metric import Metric, Unit

_BROADCASTS: Final = ("broadcasts",)


def _count(key: str, label: object, definition: object, better: str = "more") -> Metric:
    return Metric(
        key, Unit.COUNT, label, definition, _BROADCASTS,  # type: ignore[arg-type]
        counted_as=f"recipients({key.removeprefix('broadcast_')})", base="event", better=better,
    )  # fmt: skip


def _share(key: str, part: str, whole: str, label: object, definition: object) -> Metric:
    return Metric(
        key, Unit.RATIO, label, definition, _BROADCASTS,  # type: ignore[arg-type]
        counted_as=f"recipients({part}) / recipients({whole})", base="event", better="more",
    )  # fmt: skip


METRICS: Final = (
    _count("broadcast_sent", _("Sent to"), _("Recipients whose message has left.")),
    _count("broadcast_delivered", _("Delivered"),
           _("Recipients of whom the platform said that the message has arrived; "
             "nothing where it never tells.")),
    _count("broadcast_read", _("Read by"),
           _("Recipients of whom the platform said so; nothing where it never tells.")),
    _count("broadcast_clicked", _("Clicked"), _("Recipients who followed a link of the message.")),
    _count("broadcast_answered", pgettext_lazy("recipients", "Answered"),
           _("Recipients who wrote to us after the message.")),
    _count("broadcast_failed", _("Not sent"),
           _("Recipients whom the message did not reach, as the platform said."), "less"),
    _count("broadcast_skipped", pgettext_lazy("metric", "Left out"),
           _("Members of the segment who could not or would not be written to."), "less"),
    _count("broadcast_unsubscribed", _("Unsubscribed"),
           _("Recipients who refused further broadcasts after this one."), "less"),
    _share("broadcast_read_share", "read", "sent", _("Read, share"),
           _("Recipients who read divided by those to whom it was sent where the platform tells.")),
    _share("broadcast_answered_share", "answered", "sent", _("Answered, share"),
           _("Recipients who answered divided by those to whom it was sent.")),
)  # fmt: skip
