"""`filter=`: conditions over the dimensions of facts, the same language as lists and segments."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from channels_connectors.models import Channel
from contacts.models import Contact
from contacts.vocabulary import CONTACTS
from core.conditions import (
    Condition,
    Field,
    InvalidCondition,
    Moments,
    Vocabulary,
    parse,
    values,
)
from core.conditions.fields import Choices
from core.conditions.nodes import Leaf
from crm.models import LossReason, Pipeline, Stage
from inbox.models import Conversation
from workspaces.models import Membership, Team
from workspaces.zones import moments as workspace_moments


def _named(model: Any) -> Choices:
    return lambda: [
        (str(pk), name) for pk, name in model.objects.order_by("name").values_list("pk", "name")
    ]


def _members() -> Iterable[tuple[str, str]]:
    return sorted(
        ((str(one.pk), one.name) for one in Membership.objects.with_user()),
        key=lambda pair: pair[1],
    )


def _stages() -> Iterable[tuple[str, str]]:
    found = Stage.objects.in_order().select_related("pipeline")
    return [(str(stage.pk), f"{stage.pipeline.name}: {stage.name}") for stage in found]


_IDS: Final = {
    "owner": ("agent_id", _("Who has it"), _members),
    "team": ("team_id", _("Team"), _named(Team)),
    "channel": ("channel_id", _("Channel"), _named(Channel)),
    "pipeline": ("pipeline_id", _("Pipeline"), _named(Pipeline)),
    "stage": ("stage_id", _("Stage"), _stages),
    "loss_reason": ("loss_reason_id", _("Reason of the loss"), _named(LossReason)),
}
_TEXTS: Final = {
    "source": _("Source"),
    "medium": _("Medium"),
    "campaign": _("Campaign"),
    "ad": _("Advertisement"),
    "term": _("Keyword"),
}
# What a touch tells; all else is of the deal or the conversation itself.
ORIGIN: Final = frozenset(_TEXTS)
# The column of who is meant: of facts, deals and conversations alike.
PERSON: Final = "contact_id"


def _id(value: Any) -> Any:
    try:
        return UUID(str(value))
    except ValueError:
        raise InvalidCondition(gettext("an id is needed")) from None


def _segments() -> Iterable[tuple[str, Any]]:
    known = _in_segments().choices
    assert known is not None
    return known()


def _in_segments() -> Field:
    """The same condition, of contacts."""
    found = CONTACTS.get("segment")
    assert found is not None
    return found


def _segment(value: Any) -> str:
    """Raises `InvalidCondition` for one that cannot be read, too."""
    name = values.text(value)
    _in_segments().query("has", name, workspace_moments())
    return name


def _of_segments(operator: str, value: Any, moments: Moments) -> Q:
    """Whose contact is in them now; what has no contact is that of its conversation."""
    asked = True if operator == "set" else value
    people = Contact.objects.filter(_in_segments().query(operator, asked, moments))
    ids = people.order_by().values("pk")
    chats = Conversation.objects.filter(contact__in=ids).order_by().values("pk")
    found = Q(**{f"{PERSON}__in": ids}) | Q(
        **{f"{PERSON}__isnull": True, "conversation_id__in": chats}
    )
    return ~found if operator == "set" and not value else found


VOCABULARY: Final = Vocabulary(
    *(Field(name, label, "text") for name, label in _TEXTS.items()),
    *(
        Field(name, label, "choice", path=column, parse=_id, choices=choices)
        for name, (column, label, choices) in _IDS.items()
    ),
    Field(
        "segment", _("Segment of contacts"), "many", path=PERSON, ask=_of_segments,
        parse=_segment, choices=_segments,
    ),
)  # fmt: skip


def read(text: str) -> Condition:
    """A filter as it stands in the query. Raises `InvalidCondition`."""
    if not text:
        return parse({}, VOCABULARY)
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidCondition("JSON") from None
    return parse(document, VOCABULARY)


def narrow(condition: Condition, moments: Moments) -> Q:
    """As a filter of facts and rollups, whose columns have the same names."""
    return condition.q(moments)


def knows_spend(condition: Condition) -> bool:
    """Whether spend can be asked the same: it knows where, not who."""
    return all(leaf.field.name in _TEXTS for leaf in condition.leaves)


def conjuncts(condition: Condition) -> list[Condition | Leaf]:
    """What must all hold, one by one."""
    if condition.some or condition.none is not None:
        return [condition]
    found: list[Condition | Leaf] = []
    for part in condition.every:
        found += [part] if isinstance(part, Leaf) else conjuncts(part)
    return found
