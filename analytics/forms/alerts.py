from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.forms.fields import TYPED, NumberField, metric_choices, typed
from analytics.metrics import Unit, metric
from analytics.models import MetricAlert
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb, can

MOST_CHATS = 100


class AlertForm(forms.Form):
    """A watch over a metric: what, when, and who is told."""

    metric = forms.ChoiceField(label=_("Metric"), choices=metric_choices)
    condition = forms.ChoiceField(label=_("When it is"), choices=MetricAlert.Condition.choices)
    threshold = NumberField(
        label=_("Limit"),
        help_text=_(
            "Shares in per cent, times in minutes, money in the company’s currency. For “unlike "
            "the same weekday”: by how many per cent."
        ),
    )
    source = forms.CharField(label=_("Only this source"), max_length=120, required=False)
    member = forms.ModelChoiceField(label=_("Who is told"), queryset=None, empty_label=None)
    by_email = forms.BooleanField(label=_("By e-mail as well"), required=False)
    conversation = forms.ModelChoiceField(
        label=_("Write to a group as well"),
        queryset=None,
        required=False,
        empty_label=_("No group"),
        help_text=_("A group in a messenger that the channel’s bot is a member of."),
    )

    def __init__(
        self, *args: Any, viewer: Membership, alert: MetricAlert | None = None, **kwargs: Any
    ) -> None:
        if alert is not None:
            kwargs.setdefault("initial", _initial(alert))
        else:
            kwargs.setdefault("initial", {"member": viewer.pk, "by_email": True})
        super().__init__(*args, **kwargs)
        readers = [one.pk for one in Membership.objects.active() if can(one, Verb.READ_REPORTS)]
        member: Any = self.fields["member"]
        member.queryset = Membership.objects.filter(pk__in=readers).with_user()
        member.label_from_instance = lambda one: one.name
        chats: Any = self.fields["conversation"]
        groups = Conversation.objects.visible_to(viewer).filter(identity__is_group=True)
        keys = list(groups.order_by("-last_activity_at").values_list("pk", flat=True)[:MOST_CHATS])
        chats.queryset = Conversation.objects.filter(pk__in=keys).select_related(
            "contact", "channel"
        )
        chats.label_from_instance = lambda one: f"{one.contact.display_name} · {one.channel.name}"

    def values(self) -> dict[str, Any]:
        """As the verb takes them."""
        given = dict(self.cleaned_data)
        source = given.pop("source")
        given["membership"] = given.pop("member")
        given["filter"] = {"field": "source", "op": "eq", "value": source} if source else {}
        given["threshold"] *= TYPED.get(_unit_of(given["metric"], given["condition"]), 1)
        return given


def _unit_of(key: str, condition: str) -> str:
    """What the limit is typed in: of "unusual" it is a share, whatever the metric."""
    if condition == MetricAlert.Condition.UNUSUAL:
        return Unit.RATIO
    return metric(key).unit


def limit_of(alert: MetricAlert) -> str:
    """The limit as it is typed."""
    return typed(alert.threshold, _unit_of(alert.metric, alert.condition))


def _initial(alert: MetricAlert) -> dict[str, Any]:
    asked = alert.filter or {}
    return {
        "metric": alert.metric,
        "condition": alert.condition,
        "threshold": limit_of(alert),
        "source": asked.get("value", "") if asked.get("field") == "source" else "",
        "member": alert.membership_id,
        "by_email": alert.by_email,
        "conversation": alert.conversation_id,
    }
