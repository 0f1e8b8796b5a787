"""Things that a body names by their ids, found among what the caller may see."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.models import Company, Contact
from core.api.problems import Unprocessable
from crm.models import LossReason, Pipeline, Stage
from inbox.models import Conversation, Message
from workspaces.models import Membership, Team


def one(rows: Any, pk: UUID | None, words: str) -> Any:
    """The row of this id, None for None. Raises `Unprocessable` (422) in these words."""
    if pk is None:
        return None
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Unprocessable(words)
    return row


def contact(viewer: Any, pk: UUID | None) -> Contact | None:
    found: Contact | None = one(Contact.objects.visible_to(viewer), pk, _("No such contact."))
    return found


def conversation(viewer: Any, pk: UUID | None) -> Conversation | None:
    rows = Conversation.objects.visible_to(viewer).select_related("contact")
    found: Conversation | None = one(rows, pk, _("No such conversation."))
    return found


def evidence(viewer: Any, pk: UUID | None) -> Message | None:
    found: Message | None = one(Message.objects.visible_to(viewer), pk, _("No such message."))
    return found


def pipeline(viewer: Any, pk: UUID | None) -> Pipeline | None:
    rows = Pipeline.objects.visible_to(viewer).in_use()
    found: Pipeline | None = one(rows, pk, _("No such pipeline."))
    return found


def stage(viewer: Any, pk: UUID | None) -> Stage | None:
    rows = Stage.objects.in_use().filter(pipeline__in=Pipeline.objects.visible_to(viewer))
    found: Stage | None = one(rows, pk, _("No such stage."))
    return found


def member(pk: UUID | None) -> Membership | None:
    found: Membership | None = one(
        Membership.objects.active().with_user(), pk, _("No such member.")
    )
    return found


def team(pk: UUID | None) -> Team | None:
    found: Team | None = one(Team.objects.all(), pk, _("No such team."))
    return found


def teams(ids: list[UUID]) -> list[Team]:
    found = list(Team.objects.filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise Unprocessable(_("No such team."))
    return found


def company(pk: UUID | None) -> Company | None:
    found: Company | None = one(Company.objects.all(), pk, _("No such company."))
    return found


def loss_reason(given: str | None, at: Stage) -> LossReason | None:
    """A reason for losing a deal at a stage, by its id or its name; a reason before a group."""
    if not given:
        return None
    fitting = LossReason.objects.filter(
        Q(pipeline=None) | Q(pipeline=at.pipeline_id), outcome=at.group, archived_at=None
    )
    try:
        named = Q(pk=UUID(given))
    except ValueError:
        named = Q(name__iexact=given.strip())
    found: LossReason | None = fitting.filter(named).order_by("parent_id", "position").first()
    if found is None:
        raise Unprocessable(_("This stage has no such reason."))
    return found
