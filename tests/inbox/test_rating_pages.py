"""The settings of ratings: for all channels, and for one."""

import pytest
from django.urls import reverse

from channels_connectors.models import MessageTemplate
from inbox.models import RatingRule
from tests.cast import make_channel

pytestmark = pytest.mark.django_db
FORM = {"is_on": "on", "delay_minutes": 15, "answer_hours": 24, "pause_days": 30}


@pytest.fixture
def channel(acme):
    with acme.scope():
        return make_channel(name="Shop")


def at(acme, name, *args):
    return reverse(f"ratings:{name}", args=[acme.workspace.slug, *args])


def test_the_workspaces_rule_and_a_channels_own(acme, log_in, channel):
    admin = log_in(acme.anna)
    page = admin.get(at(acme, "index")).content.decode()
    assert "As for all channels" in page
    assert "Question, Russian" in page
    sent = admin.post(at(acme, "index"), {**FORM, "text_ru": "Как вам?", "thanks_en": "Thank you"})
    assert (sent.status_code, sent.url) == (303, at(acme, "index"))
    of_channel = reverse("channels:channel", args=[acme.workspace.slug, channel.pk])
    assert "as for all channels" in admin.get(of_channel).content.decode()
    assert "Как вам?" in admin.get(at(acme, "rule", channel.pk)).content.decode()
    off = {name: value for name, value in FORM.items() if name != "is_on"}
    assert admin.post(at(acme, "rule", channel.pk), off).status_code == 303
    assert "Customers are not asked" in admin.get(of_channel).content.decode()
    with acme.scope():
        rules = {rule.channel_id: rule for rule in RatingRule.objects.all()}
        assert (rules[None].is_on, rules[None].delay_minutes) == (True, 15)
        assert (rules[None].texts, rules[None].thanks) == ({"ru": "Как вам?"}, {"en": "Thank you"})
        assert not rules[channel.pk].is_on
    assert "Do as for all channels" in admin.get(at(acme, "rule", channel.pk)).content.decode()
    for _ in range(2):
        assert admin.post(at(acme, "removal", channel.pk)).status_code == 303
    with acme.scope():
        assert RatingRule.objects.count() == 1


def test_what_makes_no_sense_is_told_beside_its_field(acme, log_in):
    answer = log_in(acme.anna).post(at(acme, "index"), {**FORM, "pause_days": 400})
    assert answer.status_code == 422
    with acme.scope():
        assert not RatingRule.objects.exists()


def test_marks_may_be_hidden_and_a_template_chosen_where_there_are_any(acme, log_in, channel):
    admin = log_in(acme.anna)
    assert "Template when more" not in admin.get(at(acme, "rule", channel.pk)).content.decode()
    with acme.scope():
        whatsapp = make_channel("whatsapp", name="Shop in WhatsApp")
        MessageTemplate.objects.create(
            channel=whatsapp, name="how_was_it", language="ru", status="approved",
            category="utility", components=[{"type": "BODY", "text": "Как вам?"}],
        )  # fmt: skip
    assert "how_was_it" in admin.get(at(acme, "rule", whatsapp.pk)).content.decode()
    sent = {**FORM, "is_hidden": "on", "template": "how_was_it"}
    assert admin.post(at(acme, "rule", whatsapp.pk), sent).status_code == 303
    assert admin.post(at(acme, "rule", whatsapp.pk), {**sent, "template": "x"}).status_code == 422
    with acme.scope():
        rule = RatingRule.objects.get(channel=whatsapp)
        assert (rule.is_hidden, rule.template) == (True, "how_was_it")


def test_agents_and_strangers_stay_outside(acme, rival, log_in, channel):
    addresses = [at(acme, "index"), at(acme, "rule", channel.pk), at(acme, "removal", channel.pk)]
    for address in addresses:
        assert log_in(acme.boris).post(address, FORM).status_code == 403
        assert log_in(rival.rita).post(address, FORM).status_code == 404
