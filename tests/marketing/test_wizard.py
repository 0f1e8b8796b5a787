"""Preparing a broadcast step by step, as a marketer does it."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from channels_connectors.models import MessageTemplate
from contacts.actions import set_consent
from contacts.models import Contact, ContactIdentity
from events.journal import SYSTEM
from inbox.models import Conversation, Message
from marketing.actions import create_broadcast, create_segment, set_marketing_settings
from marketing.models import Broadcast, Segment
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def marta(acme, log_in):
    return log_in(acme.marta)


@pytest.fixture
def bot(acme):
    """A channel with three customers who have written on it."""
    with acme.scope():
        channel = make_channel("telegram")
        for name in ("Maria Ivanova", "Nikolai Petrov", "Olga"):
            make_conversation(channel, name=name)
    return channel


@pytest.fixture
def draft(acme, bot):
    with acme.scope():
        everybody = create_segment(name="Everybody", conditions={}, by=acme.marta)
        return create_broadcast(
            name="Sale", segment=everybody, channels=[str(bot.pk)], text="Hi", by=acme.marta
        )


def at(acme, broadcast, step=""):
    return f"{acme.url}/broadcasts/{broadcast.pk}/{step}{'/' if step else ''}"


def words(answer):
    return answer.content.decode()


def fresh(acme, broadcast):
    with acme.scope():
        return Broadcast.objects.select_related("segment").get(pk=broadcast.pk)


SAID = {"text": "Hi", "tracks_links": "on"}
WHEN = {"schedule": "now", "zone": "workspace", "unknown_policy": "skip"}
AUDIENCE = {"name": "Spring", "consent_policy": "not_refused", "who": "segment"}


def test_from_nothing_to_a_launched_broadcast(acme, bot, marta):
    sent = {**AUDIENCE, "who": "conditions", "filter": json.dumps({"all": [
        {"field": "name", "op": "contains", "value": "Maria"}]})}  # fmt: skip
    answer = marta.post(f"{acme.url}/broadcasts/new/", sent)
    assert answer.url.endswith("/channels/")
    with acme.scope():
        broadcast = Broadcast.objects.get()
        assert broadcast.segment.is_ad_hoc
        assert not Segment.objects.listed().exists()
    steps = [
        ("channels", {"channels": [str(bot.pk)]}, "message"),
        ("message", {**SAID, "text": "{{first_name}}, hello", "adds_stop_line": "on",
                     "button_label": ["Yes", ""], "button_action": ["reply", "reply"],
                     "button_value": ["", ""]}, "schedule"),
        ("schedule", {"schedule": "now", "zone": "workspace", "unknown_policy": "skip",
                      "reply_team": str(acme.sales.pk)}, "check"),
    ]  # fmt: skip
    for step, said, following in steps:
        assert marta.get(at(acme, broadcast, step)).status_code == 200
        answer = marta.post(at(acme, broadcast, step), said)
        assert answer.status_code == 303, words(answer)
        assert answer.url == at(acme, broadcast, following)
    page = words(marta.get(at(acme, broadcast, "check")))
    assert "1 contact gets it" in page
    assert "Maria, hello" in page
    assert "under a minute" in page
    assert marta.post(at(acme, broadcast, "launch")).url == at(acme, broadcast)
    found = fresh(acme, broadcast)
    assert found.status == "running"
    assert found.buttons == [[{"label": "Yes", "action": "reply", "value": "Yes"}]]
    assert (found.reply_team_id, found.adds_stop_line) == (acme.sales.pk, True)
    # What has begun is prepared no more.
    assert marta.get(at(acme, broadcast, "message")).status_code == 404
    assert marta.post(at(acme, broadcast, "launch")).status_code == 404


def test_each_step_says_what_is_missing_and_stores_nothing(acme, draft, marta):
    wrong = [
        ("audience", {**AUDIENCE, "segment": ""}, "Choose a segment."),
        ("audience", {**AUDIENCE, "segment": str(draft.segment_id), "has_cap": "on"}, "Say how"),
        ("audience", {**AUDIENCE, "who": "conditions", "filter": "{"}, "cannot be read"),
        ("channels", {}, "Choose a channel."),
        ("channels", {"channels": ["x"]}, "There is no such channel."),
        ("message", {**SAID, "text": "{{nonsense}}"}, "no value called"),
        ("message", {**SAID, "text": "To {{ Your City|you }}"}, "no value called"),
        ("message", {**SAID, "button_label": ["{{Day}}"], "button_action": ["reply"],
                     "button_value": [""]}, "no value called"),
        ("message", {**SAID, "button_label": ["Go"], "button_action": ["link"],
                     "button_value": ["javascript:alert(1)"]}, "A link begins with"),
        ("message", {**SAID, "has_versions": "on", "version": [" "]}, "Write a second version."),
        ("message", {**SAID, "has_versions": "on", "version": ["B"], "winner_metric": "read",
                     "winner_hours": "soon", "winner_share": "20"}, "after how many hours"),
        ("message", {**SAID, "has_versions": "on", "version": ["B"], "share": ["60", "50"]},
         "The shares make 110%"),
        ("message", {**SAID, "has_versions": "on", "version": ["B"], "share": ["100", ""]},
         "what share of the audience"),
        ("schedule", {**WHEN, "schedule": "at"}, "Say the day"),
        ("schedule", {**WHEN, "schedule": "at", "day": "2020-01-01", "hour": "10:00"}, "is over."),
        ("schedule", {**WHEN, "schedule": "at", "day": "0001-01-01", "hour": "00:00"}, "is over."),
        ("schedule", {**WHEN, "schedule": "local", "day": "9999-12-31", "hour": "23:59"},
         "within 5 years"),
        ("schedule", {**WHEN, "has_window": "on", "window_from": "10:00",
                      "window_to": "10:00"}, "another time"),
    ]  # fmt: skip
    before = fresh(acme, draft).updated_at
    for step, said, why in wrong:
        answer = marta.post(at(acme, draft, step), said)
        assert answer.status_code == 422, (step, said)
        assert why in words(answer), (step, said)
    assert fresh(acme, draft).updated_at == before


def test_one_goes_back_and_closes_and_finds_the_draft_again(acme, draft, marta):
    answer = marta.post(at(acme, draft, "message"), {**SAID, "text": "Kept", "go": "back"})
    assert answer.url == at(acme, draft, "channels")
    assert fresh(acme, draft).text == "Kept"
    answer = marta.post(at(acme, draft, "message"), {**SAID, "text": "Later", "go": "close"})
    assert answer.url == f"{acme.url}/broadcasts/"
    assert at(acme, draft, "audience") in words(marta.get(answer.url))


def test_the_order_of_channels_decides_who_gets_it_where(acme, draft, bot, marta):
    with acme.scope():
        other = make_channel("platform", name="Other")
        maria = Contact.objects.get(name="Maria Ivanova")
        ContactIdentity.objects.create(channel=other, contact=maria, external_id="77")
        set_consent(
            contact=Contact.objects.get(name="Olga"), granted=False, origin="agent", by=SYSTEM
        )
    first, second = str(other.pk), str(bot.pk)
    page = words(marta.get(at(acme, draft, "split"), {"channels": [first, second]}))
    assert "does not want offers" in page
    assert page.index("Other") < page.index(bot.name)
    marta.post(at(acme, draft, "channels"), {"channels": [first, second]})
    assert fresh(acme, draft).channels == [first, second]
    page = words(marta.get(at(acme, draft, "channels")))
    assert page.index("Other") < page.index(bot.name)
    assert "Only to those who have written here" in page


def test_the_phone_shows_what_is_typed_without_storing_it(acme, draft, bot, marta):
    with acme.scope():
        olga = Contact.objects.get(name="Olga")
    own = f"text-{bot.pk}"
    said = {**SAID, "text": "Dear {{name}}, <b>look</b>", "preview_contact": str(olga.pk),
            "preview_channel": str(bot.pk), own: "Bot says {{first_name}}"}  # fmt: skip
    page = words(marta.post(at(acme, draft, "preview"), said))
    assert "Bot says Olga" in page
    page = words(marta.post(at(acme, draft, "preview"), {**said, own: ""}))
    assert "Dear Olga, &lt;b&gt;look" in page
    page = words(
        marta.post(at(acme, draft, "preview"), {**said, "text": "{{phone}}", f"text-{bot.pk}": ""})
    )
    assert "A value for the text is missing" in page
    assert "3 contacts have no “Phone” and will be left out" in page
    assert "/contacts/?filter=" in page
    page = words(
        marta.post(
            at(acme, draft, "preview"), {**said, "text": "{{phone|you}}", f"text-{bot.pk}": ""}
        )
    )
    assert "“you” will stand in" in page
    assert fresh(acme, draft).text == "Hi"


def test_versions_files_and_other_words_are_kept(acme, draft, bot, marta):
    said = {**SAID, "has_versions": "on", "version": ["Second", ""], "winner_metric": "answered",
            "winner_hours": "2", "winner_share": "30", f"text-{bot.pk}": "For the bot",
            "files": SimpleUploadedFile("price.txt", b"100")}  # fmt: skip
    answer = marta.post(at(acme, draft, "message"), said)
    assert answer.url == at(acme, draft, "message")
    found = fresh(acme, draft)
    assert [(one["key"], one["text"]) for one in found.variants] == [("a", ""), ("b", "Second")]
    assert found.winner == {"metric": "answered", "hours": 2.0, "share": 30}
    assert found.texts == {str(bot.pk): "For the bot"}
    assert [one["name"] for one in found.files] == ["price.txt"]
    assert "price.txt" in words(marta.get(at(acme, draft, "message")))
    marta.post(at(acme, draft, "message"), {**SAID, "remove_file": "0"})
    found = fresh(acme, draft)
    assert (found.files, found.variants, found.winner, found.texts) == ([], [], None, {})


def test_formatting_is_typed_and_stands_in_its_place_again(acme, draft, bot, marta):
    typed = "**Big** sale, [here](https://shop.example)"
    said = {**SAID, "text": typed, f"text-{bot.pk}": "__Own__", "has_versions": "on",
            "version": ["~~Second~~", "Third"], "share": ["20", "30", "50"]}  # fmt: skip
    seen = words(marta.post(at(acme, draft, "preview"), {**said, f"text-{bot.pk}": ""}))
    assert "<strong>Big</strong> sale" in seen
    assert marta.post(at(acme, draft, "message"), said).status_code == 303
    found = fresh(acme, draft)
    assert found.text == "Big sale, here"
    assert [one["type"] for one in found.entities] == ["bold", "text_link"]
    assert (found.texts, found.texts_entities) == (
        {str(bot.pk): "Own"},
        {str(bot.pk): [{"type": "italic", "offset": 0, "length": 3}]},
    )
    assert [(one["text"], one["weight"]) for one in found.variants] == [
        ("", 20), ("Second", 30), ("Third", 50),
    ]  # fmt: skip
    page = words(marta.get(at(acme, draft, "message")))
    for part in (typed, "~~Second~~", 'name="share" value="30"'):
        assert part in page, part


def test_a_template_is_chosen_filled_and_priced(acme, draft, marta):
    with acme.scope():
        phone = make_channel("whatsapp")
        MessageTemplate.objects.create(
            channel=phone, name="offer", language="en", category="marketing", status="approved",
            components=[{"type": "BODY", "text": "Hello {{1}}"}],
        )  # fmt: skip
        Contact.objects.filter(name="Olga").update(phone="+79210000001")
    marta.post(at(acme, draft, "channels"), {"channels": [str(phone.pk)]})
    page = words(marta.get(at(acme, draft, "message")))
    assert "offer|en" in page
    said = {**SAID, "template": "offer|en", "template-body-1": "{{first_name}}"}
    marta.post(at(acme, draft, "message"), {**said, "go": "stay"})
    assert fresh(acme, draft).template == {
        "name": "offer", "language": "en", "header": {}, "body": {"1": "{{first_name}}"},
        "buttons": [],
    }  # fmt: skip
    assert "offer (en)" in words(marta.get(f"{acme.url}/broadcasts/{draft.pk}/"))
    assert "Hello Olga" in words(marta.post(at(acme, draft, "preview"), said))
    page = words(marta.get(at(acme, draft, "check")))
    assert "its price is not told yet" in page
    with acme.scope():
        set_marketing_settings(by=acme.marta, template_prices={"marketing": "7,5"})
    page = words(marta.get(at(acme, draft, "check")))
    assert "7.50" in page
    assert "its price is not told yet" not in page


def test_a_time_is_the_companys_and_hours_of_a_local_day_the_customers(acme, draft, marta):
    day = (timezone.now() + timedelta(days=3)).date()
    said = {"schedule": "local", "day": day.isoformat(), "hour": "10:30", "has_window": "on",
            "window_from": "09:00", "window_to": "18:00", "weekdays": ["1", "2"],
            "zone": "workspace", "unknown_policy": "resend",
            "reply_assignee": str(acme.boris.pk)}  # fmt: skip
    assert marta.post(at(acme, draft, "schedule"), said).status_code == 303
    found = fresh(acme, draft)
    assert found.window == {"from": "09:00", "to": "18:00", "weekdays": [1, 2]}
    assert f"{found.starts_at:%H:%M}" == "07:30"  # Moscow is three hours ahead
    assert (found.zone, found.unknown_policy) == ("contact", "resend")
    assert found.reply_assignee_id == acme.boris.pk
    page = words(marta.get(at(acme, draft, "check")))
    assert "Mon, Tue" in page
    assert "by each customer’s clock" in page
    assert marta.post(at(acme, draft, "launch")).status_code == 303
    assert fresh(acme, draft).status == "scheduled"


def test_a_test_goes_to_one_chat_and_makes_nobody_a_recipient(acme, draft, bot, marta):
    with acme.scope():
        mine = Conversation.objects.get(contact__name="Olga")
        other = make_conversation(make_channel("platform"), name="Elsewhere")
    page = words(marta.get(at(acme, draft, "test"), {"q": "olga"}))
    assert "Olga" in page
    assert "Elsewhere" not in words(marta.get(at(acme, draft, "test"), {"q": "else"}))
    answer = marta.post(at(acme, draft, "test"), {"conversation": str(mine.pk)})
    assert answer.url == at(acme, draft, "message")
    with acme.scope():
        assert list(Message.objects.values_list("conversation", "text")) == [(mine.pk, "Hi")]
        assert not draft.recipients.exists()
    assert "Olga" in words(marta.get(at(acme, draft, "test")))
    for wrong in (str(other.pk), "x", ""):
        assert marta.post(at(acme, draft, "test"), {"conversation": wrong}).status_code == 404
    marta.post(at(acme, draft, "message"), {**SAID, "text": "{{phone}}"})
    answer = marta.post(at(acme, draft, "test"), {"conversation": str(mine.pk)})
    assert answer.status_code == 422


def test_what_is_not_ready_is_not_launched(acme, draft, marta):
    marta.post(at(acme, draft, "message"), {**SAID, "text": ""})
    page = words(marta.get(at(acme, draft, "check")))
    assert "Write a text or add a file." in page
    assert at(acme, draft, "message") in page
    answer = marta.post(at(acme, draft, "launch"))
    assert answer.status_code == 422
    assert fresh(acme, draft).status == "draft"


def test_a_broadcast_is_paused_resumed_stopped_copied_and_never_deleted(acme, draft, marta):
    marta.post(at(acme, draft, "launch"))
    verbs = {"pause": "paused", "resume": "running", "stop": "stopped"}
    for verb, status in verbs.items():
        assert marta.post(at(acme, draft, verb)).url == at(acme, draft)
        assert fresh(acme, draft).status == status
    answer = marta.post(at(acme, draft, "pause"), follow=True)
    assert "not being sent" in words(answer)
    marta.post(at(acme, draft, "deletion"))
    assert fresh(acme, draft).status == "stopped"
    answer = marta.post(at(acme, draft, "copy"))
    with acme.scope():
        copied = Broadcast.objects.exclude(pk=draft.pk).get()
    assert answer.url == at(acme, copied, "audience")
    assert (copied.name, copied.text, copied.status) == ("Sale (copy)", "Hi", "draft")
    assert marta.post(at(acme, copied, "deletion")).url == f"{acme.url}/broadcasts/"
    assert marta.get(at(acme, copied)).status_code == 404


def test_the_list_is_narrowed_and_teaches_when_it_is_empty(acme, log_in, marta):
    assert "Prepare a broadcast" in words(marta.get(f"{acme.url}/broadcasts/"))
    with acme.scope():
        everybody = create_segment(name="Everybody", conditions={}, by=acme.marta)
        channel = make_channel("telegram")
        create_broadcast(
            name="Spring", segment=everybody, by=acme.marta, channels=[str(channel.pk)]
        )
        create_broadcast(name="Autumn", segment=everybody, by=acme.marta)
    for asked, shown, hidden in (
        ({"q": "spr"}, "Spring", "Autumn"),
        ({"channel": str(channel.pk)}, "Spring", "Autumn"),
        ({"status": "done"}, "No such broadcast", "Spring"),
        ({"status": "nonsense", "page": "x", "channel": "1"}, "Autumn", "No such broadcast"),
    ):
        page = words(marta.get(f"{acme.url}/broadcasts/", asked))
        assert shown in page
        assert hidden not in page


def test_who_may_not_write_broadcasts_opens_no_step(acme, rival, draft, log_in):
    boris, rita = log_in(acme.boris), log_in(rival.rita)
    steps = ("audience", "channels", "split", "message", "schedule", "check", "test")
    for step in ("", *steps):
        assert boris.get(at(acme, draft, step)).status_code == 403
        assert (
            rita.get(f"{rival.url}/broadcasts/{draft.pk}/{step}{'/' if step else ''}").status_code
            == 404
        )
    for verb in ("launch", "pause", "resume", "stop", "copy", "deletion", "preview"):
        assert boris.post(at(acme, draft, verb)).status_code == 403
        assert rita.post(f"{rival.url}/broadcasts/{draft.pk}/{verb}/").status_code == 404
    assert "/broadcasts/" not in words(boris.get(f"{acme.url}/contacts/"))
