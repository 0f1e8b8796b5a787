"""The pipeline that every workspace begins with. All of it can be changed."""

from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from core import positions
from crm.models import LossReason, Pipeline, Stage
from crm.models.stage import Group
from workspaces.models import Workspace

# Name, group, colour, probability in percent.
STAGES: Final = (
    (gettext_noop("New lead"), Group.ACTIVE, "petrol", 10),
    (gettext_noop("Qualified"), Group.ACTIVE, "ochre", 30),
    (gettext_noop("Offer sent"), Group.ACTIVE, "plum", 50),
    (gettext_noop("Waiting for payment"), Group.ACTIVE, "moss", 80),
    (gettext_noop("Paid"), Group.WON, "moss", 100),
    (gettext_noop("Refused"), Group.LOST, "brick", 0),
    (gettext_noop("No lead"), Group.NOT_A_LEAD, "paper", 0),
)
REASONS: Final = {
    Group.LOST: {
        gettext_noop("Price"): (gettext_noop("Too expensive"), gettext_noop("No instalments")),
        gettext_noop("Offer"): (
            gettext_noop("Not in stock"),
            gettext_noop("No such product"),
            gettext_noop("Delivery takes too long"),
        ),
        gettext_noop("Handling"): (
            gettext_noop("We answered late"),
            gettext_noop("Went to a competitor"),
        ),
        gettext_noop("Customer"): (
            gettext_noop("Changed their mind"),
            gettext_noop("Stopped answering"),
        ),
    },
    Group.NOT_A_LEAD: {
        gettext_noop("Not a customer"): (
            gettext_noop("Spam or advertisement"),
            gettext_noop("Looks for a job"),
            gettext_noop("A supplier"),
            gettext_noop("Wrong address"),
        ),
        gettext_noop("Cannot be served"): (
            gettext_noop("Another region"),
            gettext_noop("We do not do this"),
            gettext_noop("Contacts do not work"),
        ),
    },
}


def furnish(workspace: Workspace) -> None:
    """Put the first pipeline and the usual reasons in, in the workspace's own language."""
    with translation.override(workspace.language):
        make_pipeline(
            name=pgettext("pipeline", "Sales"), currency=workspace.currency, is_default=True
        )
        make_reasons()


def make_pipeline(*, name: str, currency: str, is_default: bool = False) -> Pipeline:
    """A pipeline with the usual stages, after those that are there; its words in the language in
    force."""
    last = Pipeline.objects.in_order().values_list("position", flat=True).last()
    pipeline: Pipeline = Pipeline.objects.create(
        name=name,
        currency=currency,
        is_default=is_default,
        position=positions.between(last, None),
    )
    Stage.objects.bulk_create(
        Stage(
            pipeline=pipeline,
            name=_(stage),
            group=group,
            color=color,
            probability=probability,
            position=position,
        )
        for (stage, group, color, probability), position in zip(
            STAGES, positions.several(len(STAGES)), strict=True
        )
    )
    return pipeline


def make_reasons() -> None:
    """The usual reasons of both outcomes, in two levels."""
    made = []
    for outcome, families in REASONS.items():
        places = positions.several(len(families))
        for (family, reasons), position in zip(families.items(), places, strict=True):
            parent = LossReason(outcome=outcome, name=_(family), position=position)
            made.append(parent)
            made += (
                LossReason(outcome=outcome, parent=parent, name=_(reason), position=place)
                for reason, place in zip(reasons, positions.several(len(reasons)), strict=True)
            )
    LossReason.objects.bulk_create(made)
