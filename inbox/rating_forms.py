"""How customers are asked for a rating, as a form."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from channels_connectors.models import Channel
from inbox.models import RatingRule
from inbox.ratings import templates
from inbox.ratings.rules import (
    LONGEST_DELAY,
    LONGEST_PAUSE,
    LONGEST_TEXT,
    LONGEST_WAIT,
    question_of,
)
from workspaces.zones import workspace_in_scope

_NUMBERS = ("delay_minutes", "answer_hours", "pause_days")


class RatingRuleForm(forms.Form):
    """A rule of ratings: the question and the thanks in each language, and when."""

    is_on = forms.BooleanField(
        label=_("Ask for a rating after closing"),
        required=False,
        help_text=_(
            "Customers whom somebody has answered are asked for a mark from 1 to 5: by buttons "
            "where the channel has them, else by a digit."
        ),
    )
    is_hidden = forms.BooleanField(
        label=_("Hide marks from agents"),
        required=False,
        help_text=_(
            "The conversation says that the customer gave a mark, and not which. Those who read "
            "reports see each mark there; agents see their own average."
        ),
    )
    delay_minutes = forms.IntegerField(
        label=_("Minutes after closing"),
        min_value=0,
        max_value=LONGEST_DELAY,
        help_text=_("Who is opened again meanwhile is not asked."),
    )
    answer_hours = forms.IntegerField(
        label=_("Hours to answer"),
        min_value=1,
        max_value=LONGEST_WAIT,
        help_text=_("After them a digit is an ordinary message."),
    )
    pause_days = forms.IntegerField(
        label=_("Days until the same customer is asked again"),
        min_value=0,
        max_value=LONGEST_PAUSE,
        help_text=_("In all channels together."),
    )

    def __init__(
        self, *args: Any, rule: RatingRule, channel: Channel | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {
            "is_on": rule.is_on,
            "is_hidden": rule.is_hidden,
            "template": rule.template,
            **{name: getattr(rule, name) for name in _NUMBERS},
            **{f"text_{code}": text for code, text in rule.texts.items()},
            **{f"thanks_{code}": text for code, text in rule.thanks.items()},
        }
        super().__init__(*args, **kwargs)
        for code, name in _languages():
            usual = question_of(RatingRule(), code)
            self.fields[f"text_{code}"] = _words(
                _("Question, %(language)s") % {"language": _called(name)},
                _("Without words of your own: “%(words)s”") % {"words": usual},
            )
            self.fields[f"thanks_{code}"] = _words(
                _("Thanks, %(language)s") % {"language": _called(name)},
                _("Sent to who has answered. Empty: nothing is sent."),
            )

        if templates.may_have(channel):
            self.fields["template"] = _template(templates.choices_for(channel), rule.template)

    @property
    def words(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Question and thanks in each language."""
        return [(self[f"text_{code}"], self[f"thanks_{code}"]) for code, _name in _languages()]

    def values(self) -> dict[str, Any]:
        """In the form that `set_rating_rule` takes."""
        given = self.cleaned_data
        codes = [code for code, _name in _languages()]
        return {
            "is_on": given["is_on"],
            "is_hidden": given["is_hidden"],
            **{name: given[name] for name in _NUMBERS},
            **({"template": given["template"]} if "template" in given else {}),
            "texts": {code: given[f"text_{code}"] for code in codes},
            "thanks": {code: given[f"thanks_{code}"] for code in codes},
        }


def _languages() -> list[tuple[str, Any]]:
    """The company's own first."""
    own = workspace_in_scope().language
    return sorted(settings.LANGUAGES, key=lambda one: one[0] != own)


def _called(language: Any) -> str:
    """A language in the middle of a label: only English writes it with a capital."""
    name = str(language)
    return name if (get_language() or "en").startswith("en") else name.lower()


def _template(known: list[str], chosen: str) -> forms.ChoiceField:
    names = known if chosen in {"", *known} else [chosen, *known]
    return forms.ChoiceField(
        label=_("Template when more than a day has passed"),
        help_text=_(
            "WhatsApp takes words within 24 hours after the customer’s last message. Later only "
            "an approved template can ask: one without variables, best with buttons from 1 to 5."
        ),
        choices=[("", _("Do not ask then")), *((name, name) for name in names)],
        required=False,
    )


def _words(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
