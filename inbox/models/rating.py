from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel
from workspaces.permissions import Verb, Viewer, can

LOWEST, HIGHEST = 1, 5


class Rating(TenantModel):
    """What a customer thinks of a conversation that was closed: the question, and the answer to it.

    Made when it is closed, whose it was frozen. The question is the message whose `client_id` is
    the id of this row, so that it exists once. `closed_seq` is the `seq` of the closing.
    `is_hidden`: the conversation tells that there is a mark, and not which; the rule of that time.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("rating", "Will be asked")
        SKIPPED = "skipped", pgettext_lazy("rating", "Not asked")
        QUEUED = "queued", pgettext_lazy("rating", "On its way")
        FAILED = "failed", pgettext_lazy("rating", "Not sent")
        ASKED = "asked", pgettext_lazy("rating", "Asked")
        ANSWERED = "answered", pgettext_lazy("rating", "Answered")

    class Skip(models.TextChoices):
        """Why nobody was asked."""

        REOPENED = "reopened", _("The conversation was opened again")
        RECENT = "recent", _("The customer was asked not long ago")
        OFF = "off", _("Ratings are not asked for any more")
        UNREACHABLE = "unreachable", _("The customer cannot be written to")
        CHANNEL = "channel", _("The channel does not send")
        REFUSED = "refused", _("The platform does not let us write now")
        LATE = "late", _("It was too late to ask")

    conversation = TenantForeignKey("inbox.Conversation", related_name="ratings")
    contact = TenantForeignKey("contacts.Contact", related_name="ratings")
    channel = TenantForeignKey("channels_connectors.Channel", related_name="+")
    agent = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, related_name="+")
    closed_seq = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    skipped_for = models.CharField(max_length=12, choices=Skip.choices, blank=True)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    score = models.SmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    is_hidden = models.BooleanField(default=False, db_default=False)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "conversation", "closed_seq"], name="rating_closing_unique"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=LOWEST, score__lte=HIGHEST),
                name="rating_score_range",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="rating_due", condition=Q(state="planned")),
            models.Index(fields=["workspace", "contact", "asked_at"], name="rating_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.score or ''}"

    def is_told_to(self, viewer: Viewer) -> bool:
        """Whether the mark may be said to a viewer: a hidden one is for who reads reports."""
        return not self.is_hidden or can(viewer, Verb.READ_REPORTS)

    @property
    def is_open(self) -> bool:
        """Whether an answer counts now."""
        return self.expires_at is not None and self.expires_at > timezone.now()
