"""Which rule of ratings applies to a channel, what it says, and how it is changed."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from events import types
from events.journal import record
from inbox.models import RatingRule
from inbox.models.conversation import By
from inbox.ratings import templates
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.zones import workspace_in_scope

COLUMNS: Final = (
    *("is_on", "is_hidden", "texts", "thanks", "template"),
    *("delay_minutes", "answer_hours", "pause_days"),
)
LONGEST_TEXT: Final = 700
LONGEST_DELAY: Final = 7 * 24 * 60  # minutes
LONGEST_WAIT: Final = 30 * 24  # hours
LONGEST_PAUSE: Final = 365  # days


def rules() -> dict[UUID | None, RatingRule]:
    """All rules by their channel; the workspace's own, or the defaults, under None."""
    found: dict[UUID | None, RatingRule] = {
        rule.channel_id: rule for rule in RatingRule.objects.all()
    }
    found.setdefault(None, RatingRule())
    return found


def rule_of(channel: Channel | None) -> RatingRule:
    """The rule of a channel: its own, the workspace's, or the defaults."""
    known = rules()
    return known.get(channel.pk if channel else None) or known[None]


def set_rating_rule(*, channel: Channel | None, by: By, **values: Any) -> RatingRule:
    """Give a channel, or with None the whole workspace, its rule. What is not given stays as it
    is, or as the defaults have it. Raises `ValidationError`, `PermissionDenied`."""
    _authorize(by)
    if unknown := set(values) - set(COLUMNS):
        raise TypeError(f"A rule has no {min(unknown)} to set.")
    rule = RatingRule.objects.select_for_update(no_key=True).filter(channel=channel).first()
    is_new = rule is None
    rule = rule or RatingRule(channel=channel)
    template = rule.template
    for name, value in values.items():
        setattr(rule, name, value)
    _check(rule)
    if rule.template not in {"", template}:
        _check_template(rule, channel)
    rule.save(force_insert=is_new)
    _tell(rule, by, "set")
    return rule


def remove_rating_rule(*, channel: Channel, by: By) -> None:
    """Let the workspace's rule apply to a channel again; a no-op when it does."""
    _authorize(by)
    rule = RatingRule.objects.filter(channel=channel).first()
    if rule is not None:
        _tell(rule, by, "removed")
        rule.delete()


def question_of(rule: RatingRule, language: str) -> str:
    """What a customer of this language is asked."""
    told = _in_language(rule.texts, language)
    if told:
        return told
    with translation.override(_known(language) or workspace_in_scope().language):
        return _("How was it to talk to us? Please rate it from 1 to 5, where 5 is the best.")


def how_to_answer(language: str) -> str:
    """What follows the question where there are no buttons to press."""
    with translation.override(_known(language) or workspace_in_scope().language):
        return _("Send one digit, from 1 to 5.")


def thanks_of(rule: RatingRule, language: str) -> str:
    """What is said to who has answered; "" where nothing is."""
    return _in_language(rule.thanks, language)


def languages() -> list[str]:
    """Those in which words can be given."""
    return [code for code, _name in settings.LANGUAGES]


def _in_language(words: Mapping[str, str], language: str) -> str:
    """The customer's language, else the company's, else the one that there is."""
    order: Iterable[str] = (_known(language), workspace_in_scope().language, *sorted(words))
    return next((words[code] for code in order if words.get(code)), "")


def _known(language: str) -> str:
    code = language.partition("-")[0].lower()
    return code if code in languages() else ""


def _check(rule: RatingRule) -> None:
    for name in ("texts", "thanks"):
        setattr(rule, name, _clean(name, getattr(rule, name)))
    for name, least, most in (
        ("delay_minutes", 0, LONGEST_DELAY),
        ("answer_hours", 1, LONGEST_WAIT),
        ("pause_days", 0, LONGEST_PAUSE),
    ):
        if not least <= getattr(rule, name) <= most:
            raise ValidationError(
                {
                    name: _("Give a number from %(least)d to %(most)d.")
                    % {"least": least, "most": most}
                }
            )


def _check_template(rule: RatingRule, channel: Channel | None) -> None:
    if rule.template not in templates.choices_for(channel):
        said = _("There is no approved template of this name without variables and files.")
        raise ValidationError({"template": said})


def _clean(name: str, words: Any) -> dict[str, str]:
    if not isinstance(words, Mapping) or any(
        code not in languages() or not isinstance(text, str) for code, text in words.items()
    ):
        known = ", ".join(languages())
        raise ValidationError({name: _("Give words by language: %(codes)s.") % {"codes": known}})
    found = {code: text.replace("\0", "").strip() for code, text in words.items()}
    if any(len(text) > LONGEST_TEXT for text in found.values()):
        raise ValidationError(
            {name: _("At most %(count)d characters, please.") % {"count": LONGEST_TEXT}}
        )
    return {code: text for code, text in found.items() if text}


def _authorize(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_CHANNELS)


def _tell(rule: RatingRule, by: By, changed: str) -> None:
    channel = str(rule.channel_id) if rule.channel_id else None
    data = {
        "channel": channel,
        "is_on": rule.is_on,
        "is_hidden": rule.is_hidden,
        "changed": [changed],
    }
    record(types.RATING_RULE_CHANGED, subject=rule, by=by, data=data)
