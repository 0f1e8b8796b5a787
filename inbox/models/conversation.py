from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events import types
from events.audience import Audience
from events.journal import Actor, record
from inbox.querysets import ConversationQuerySet
from workspaces.models import ApiToken, Membership, Team
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel

if TYPE_CHECKING:
    from inbox.models.message import Message

By = Membership | ApiToken | Actor | None
SHOWN_OF_MESSAGE = ("text", "kind", "direction", "status")


class Conversation(TenantModel):
    """All that was said with one address of a contact. One for each identity, reopened at need."""

    class Status(models.TextChoices):
        NEW = "new", _("New")
        ACCEPTED = "accepted", _("Accepted")
        CLOSED = "closed", _("Archive")

    channel = TenantForeignKey("channels_connectors.Channel", related_name="conversations")
    contact = TenantForeignKey("contacts.Contact", related_name="conversations")
    identity = TenantForeignKey("contacts.ContactIdentity", related_name="conversations")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    assignee = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, related_name="+")
    previous_assignee = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    last_activity_at = models.DateTimeField(default=timezone.now)
    last_message_text = models.CharField(max_length=200, blank=True)
    last_message_kind = models.CharField(max_length=12, blank=True)
    last_message_direction = models.CharField(max_length=8, blank=True)
    last_message_status = models.CharField(max_length=10, blank=True)
    unread_count = models.IntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    customer_read_at = models.DateTimeField(null=True)
    last_incoming_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ConversationQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "identity"], name="conversation_identity_unique"
            )
        ]
        indexes = [
            models.Index(
                models.F("workspace"),
                models.F("status"),
                models.F("last_activity_at").desc(),
                models.F("id"),
                name="conversation_list",
            ),
            models.Index(
                models.F("workspace"),
                models.F("assignee"),
                models.F("status"),
                models.F("last_activity_at").desc(),
                models.F("id"),
                name="conversation_mine",
            ),
            models.Index(
                models.F("workspace"),
                models.F("waiting_since"),
                models.F("id"),
                name="conversation_waiting",
                condition=models.Q(waiting_since__isnull=False),
            ),
            models.Index(fields=["workspace", "contact"], name="conversation_contact"),
            # Who wrote in the last days, out of the index alone.
            models.Index(
                fields=["workspace", "last_incoming_at", "contact"],
                name="conversation_wrote",
                condition=models.Q(last_incoming_at__isnull=False),
            ),
            models.Index(
                models.F("workspace"),
                models.F("channel"),
                models.F("last_activity_at").desc(),
                models.F("id"),
                name="conversation_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status != self.Status.CLOSED

    def audience(self, *before: "Audience") -> Audience:
        """Who may hear of a change now; with the audiences from before it, they too."""
        teams, members = {self.team_id}, {self.assignee_id}
        for audience in before:
            teams |= audience.teams
            members |= audience.members
        return Audience(self.channel_id, frozenset(teams), frozenset(members))

    def record(
        self, action: str, *, by: By = None, before: Audience | None = None, **data: Any
    ) -> None:
        """Put a fact about this conversation into the journal."""
        record(
            action,
            subject=self,
            by=by,
            data=data,
            audience=self.audience(*([before] if before else [])),
            conversation_id=self.id,
        )

    def accept(self, *, by: Membership) -> bool:
        """Take a new conversation. False when somebody was faster."""
        taken = self.lock()
        if taken.status == self.Status.CLOSED or (taken.assignee_id and taken.assignee_id != by.id):
            return False
        if taken.status == self.Status.ACCEPTED and taken.assignee_id == by.id:
            return True
        before = self.audience()
        self.assignee, self.status, self.accepted_at = by, self.Status.ACCEPTED, timezone.now()
        self.save(update_fields=["assignee", "status", "accepted_at"])
        self.record(types.CONVERSATION_ACCEPTED, by=by, before=before, assignee=str(by.id))
        return True

    def assign(
        self,
        *,
        to: Membership | None,
        by: By,
        team: Team | None = None,
        no_team: bool = False,
        action: str = types.CONVERSATION_ASSIGNED,
        **why: Any,
    ) -> None:
        """Give the conversation to a member, or back to New with `to=None`; to a `team` or, with
        `no_team`, to none on the way."""
        self.lock()
        team_id = None if no_team else team.id if team else self.team_id
        if self.assignee_id == (to.id if to else None) and self.team_id == team_id:
            return
        before, previous = self.audience(), self.assignee_id
        self.assignee, self.team_id = to, team_id
        if self.status != self.Status.CLOSED:
            self.status = self.Status.ACCEPTED if to else self.Status.NEW
            self.accepted_at = timezone.now() if to else None
        self.save(update_fields=["assignee", "team", "status", "accepted_at"])
        self.record(
            action,
            by=by,
            before=before,
            assignee=str(to.id) if to else None,
            previous_assignee=str(previous) if previous else None,
            team=str(team_id) if team_id else None,
            **why,
        )

    def close(self, *, by: By) -> None:
        """Put the conversation into the archive; a no-op when it is there."""
        self.lock()
        if self.status == self.Status.CLOSED:
            return
        self.status, self.closed_at, self.waiting_since = self.Status.CLOSED, timezone.now(), None
        self.unread_count = 0
        self.save(update_fields=["status", "closed_at", "waiting_since", "unread_count"])
        self.record(types.CONVERSATION_CLOSED, by=by)

    def reopen(self, *, by: By) -> None:
        """Take the conversation out of the archive, to the member who reopens it if one does."""
        self.lock()
        if self.status != self.Status.CLOSED:
            return
        before = self.audience()
        if isinstance(by, Membership):
            self.assignee = by
        self.status = self.Status.ACCEPTED if self.assignee_id else self.Status.NEW
        self.closed_at, self.opened_at = None, timezone.now()
        self.save(update_fields=["assignee", "status", "closed_at", "opened_at"])
        self.record(types.CONVERSATION_REOPENED, by=by, before=before)

    def mark_read(self, *, by: By) -> None:
        """Nothing unread any more. The clock of an unanswered question goes on."""
        self.lock()
        if not self.unread_count:
            return
        self.unread_count = 0
        self.save(update_fields=["unread_count"])
        self.record(types.CONVERSATION_READ, by=by)

    def mark_unread(self, *, by: By) -> None:
        """Look unread again, to be taken up later."""
        self.lock()
        if self.unread_count:
            return
        self.unread_count = 1
        self.save(update_fields=["unread_count"])
        self.record(types.CONVERSATION_UNREAD, by=by)

    def settle(self, *, by: By) -> None:
        """No reply is needed: stop the clock."""
        self.lock()
        if self.waiting_since is None:
            return
        self.waiting_since = None
        self.save(update_fields=["waiting_since"])
        self.record(types.CONVERSATION_SETTLED, by=by)

    def next_moment(self) -> datetime:
        """When something that is said now was said: after all that was said before.

        A platform's clock may be ahead of ours.
        """
        return max(timezone.now(), self.last_activity_at + timedelta(milliseconds=1))

    def show_reply(self, message: "Message", *, answers: bool) -> None:
        """Be known in the lists by our newest message; `answers` stops the customer's wait."""
        self.last_activity_at = max(self.last_activity_at, message.sent_at)
        self.last_message_text = message.text[:200]
        self.last_message_kind = message.kind
        self.last_message_direction = message.direction
        self.last_message_status = message.status
        fields = ["last_activity_at", *(f"last_message_{name}" for name in SHOWN_OF_MESSAGE)]
        self.save(update_fields=fields)
        if answers:
            self.stop_waiting()

    def stop_waiting(self) -> None:
        """An answer is on its way. Should it fail, `wait_again` takes this back."""
        if self.waiting_since is not None or self.unread_count:
            self.waiting_since, self.unread_count = None, 0
            self.save(update_fields=["waiting_since", "unread_count"])

    def show_status(self, message: "Message") -> None:
        """Tell in the lists how our newest message fares; an older one's fate is not shown.

        The platform's moment may have made it the newest: of those that left together, or by news
        of an earlier one that came first.
        """
        latest = self.messages.exclude(direction="internal").in_order().last()
        if latest is None or latest.pk != message.pk:
            return
        shown = ("status",) if message.deleted_at else SHOWN_OF_MESSAGE
        values = {f"last_message_{name}": getattr(message, name) for name in shown}
        if text := values.get("last_message_text"):
            values["last_message_text"] = text[:200]
        for name, value in values.items():
            setattr(self, name, value)
        active = Greatest("last_activity_at", models.Value(message.sent_at))
        Conversation.objects.filter(pk=self.pk).update(**values, last_activity_at=active)
        self.last_activity_at = max(self.last_activity_at, message.sent_at)

    def show_latest(self) -> None:
        """Be known in the lists by the newest message that is still there, as it is now."""
        said = self.messages.exclude(direction="internal").filter(deleted_at=None)
        latest = said.in_order().last()
        shown = {name: getattr(latest, name) if latest else "" for name in SHOWN_OF_MESSAGE}
        values = {f"last_message_{name}": value for name, value in shown.items()}
        values["last_message_text"] = values["last_message_text"][:200]
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))

    def wait_again(self) -> None:
        """After an answer that did not arrive: the customer waits since their first message that
        nothing has answered."""
        if self.status == self.Status.CLOSED or self.waiting_since is not None:
            return
        talk = self.messages.filter(deleted_at=None).in_order()
        said = talk.filter(direction="outgoing").exclude(status="failed")
        # What we say by ourselves answers nobody.
        answered = said.exclude(payload__has_key="auto").last()
        asked = talk.filter(direction="incoming")
        if answered is not None:
            asked = asked.filter(sent_at__gt=answered.sent_at)
        first = asked.first()
        if first is not None:
            self.waiting_since = first.sent_at
            self.save(update_fields=["waiting_since"])

    def lock(self) -> "Conversation":
        """Lock the row and take over what others changed since it was read."""
        fresh: Conversation = Conversation.objects.select_for_update(no_key=True).get(pk=self.pk)
        for name in (
            "status",
            "assignee_id",
            "team_id",
            "previous_assignee_id",
            "last_activity_at",
            "last_incoming_at",
            "unread_count",
            "waiting_since",
            "accepted_at",
            "closed_at",
            "opened_at",
        ):
            setattr(self, name, getattr(fresh, name))
        return fresh
