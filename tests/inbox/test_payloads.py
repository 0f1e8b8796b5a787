"""What a message may carry: buttons, places, contacts, templates, and the platform's window."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from channels_connectors.models import MessageTemplate
from contacts.models import Consent
from inbox.actions import leave_note, send_message
from inbox.models import Attachment
from tests.cast import make_message
from tests.inbox.test_changing import make_desk

pytestmark = pytest.mark.django_db

HELLO = [
    {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
    {"type": "BODY", "text": "Dear {{1}}, your {{2}} is here."},
    {"type": "FOOTER", "text": "Acme"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Fine"},
            {"type": "URL", "text": "Track", "url": "https://acme.example/{{1}}"},
        ],
    },
]
FILLED = {"header": ["17"], "body": ["Maria", "sofa"], "buttons": ["17"]}


@pytest.fixture
def desk(acme, platform):
    able = {"buttons": frozenset({"reply", "link"}), "templates": True, "window_hours": 24}
    desk = make_desk(acme, platform(**able))
    with acme.scope():
        make_message(desk.conversation)
    return desk


def template(desk, **values):
    values = {"name": "hello", "language": "en", "category": "utility", **values}
    values = {"status": "approved", "components": HELLO, **values}
    with desk.acme.scope():
        return MessageTemplate.objects.create(channel=desk.channel, **values)


def send(desk, text="", **payload):
    return desk.do(send_message, desk.conversation, text, payload=payload)


def refused(desk, text="", **payload):
    with pytest.raises(ValidationError) as caught:
        send(desk, text, **payload)
    return caught.value.code


def close_window(desk):
    with desk.acme.scope():
        desk.conversation.messages.update(sent_at=timezone.now() - timedelta(hours=25))


def draft(desk, kind):
    with desk.acme.scope():
        return Attachment.objects.create(
            kind=kind, name="x", size=1, status="ready", uploaded_by=desk.acme.anna
        )


def test_buttons_go_with_the_text(desk):
    rows = [[{"label": " Yes ", "action": "reply", "value": "y"}], {"label": "No"}]
    rows.append([{"label": "Site", "action": "link", "value": "https://acme.example/"}])
    message = send(desk, "Well?", buttons=rows)
    desk.deliver()
    assert desk.platform.sent[0].payload["buttons"] == [
        [{"label": "Yes", "action": "reply", "value": "y"}],
        [{"label": "No", "action": "reply", "value": "No"}],
        [{"label": "Site", "action": "link", "value": "https://acme.example/"}],
    ]
    assert desk.fresh(message).kind == "text"


@pytest.mark.parametrize(
    "rows",
    [
        "yes",
        ["yes"],
        [[]],
        [[{"label": ""}]],
        [[{"label": "x" * 65}]],
        [[{"label": "Call", "action": "phone"}]],
        [[{"label": "Site", "action": "link", "value": "javascript:alert(1)"}]],
        [[{"label": "Yes", "value": "x" * 257}]],
        [[{"label": "Yes"}] * 9],
        [[{"label": "Yes"}]] * 11,
    ],
)
def test_buttons_that_make_no_sense_are_refused(desk, rows):
    assert refused(desk, "Well?", buttons=rows) == "buttons"


def test_buttons_need_words_and_a_channel_that_has_them(desk, acme, platform):
    assert refused(desk, buttons=[[{"label": "Yes"}]]) == "empty"
    plain = make_desk(acme, platform())
    assert refused(plain, "Well?", buttons=[[{"label": "Yes"}]]) == "buttons"


def test_a_place_is_a_message_of_its_kind(desk):
    message = send(desk, location={"latitude": "59.93", "longitude": 30.3, "title": "Shop"})
    desk.deliver()
    place = {"latitude": 59.93, "longitude": 30.3, "title": "Shop"}
    assert desk.fresh(message).kind == "location"
    assert desk.platform.sent[0].payload["location"] == place


def test_a_contact_is_a_message_of_its_kind(desk):
    message = send(desk, contact={"name": "Boris", "phone": "8 921 384-20-16"})
    assert desk.fresh(message).kind == "contact"
    assert desk.fresh(message).payload["contact"] == {"name": "Boris", "phone": "+79213842016"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"location": {"latitude": 91, "longitude": 0}}, "location"),
        ({"location": {"latitude": "nan", "longitude": 0}}, "location"),
        ({"location": {"latitude": True, "longitude": 0}}, "location"),
        ({"location": [1, 2]}, "payload"),
        ({"contact": {"name": "Boris"}}, "contact"),
        ({"contact": {"name": "", "phone": "1"}}, "contact"),
        ({"contact": {"name": "B", "phone": "1"}, "location": {}}, "payload"),
        ({"poll": {"question": "?"}}, "payload"),
        ({"template": {"name": "none", "language": "en"}}, "template"),
    ],
)
def test_what_makes_no_sense_is_refused(desk, payload, code):
    assert refused(desk, **payload) == code


def test_a_template_is_sent_with_its_values_and_shown_as_the_customer_reads_it(desk):
    template(desk)
    close_window(desk)
    assert refused(desk, "Hello") == "window_closed"
    message = send(desk, template={"name": "hello", "language": "en", **FILLED})
    desk.deliver()
    shown = desk.fresh(message)
    assert (shown.kind, shown.status) == ("template", "sent")
    assert shown.text == "Order 17\n\nDear Maria, your sofa is here.\n\nAcme"
    assert desk.platform.sent[0].payload["template"] == {
        "name": "hello",
        "language": "en",
        **FILLED,
        "buttons": ["", "17"],
        "labels": ["Fine", "Track"],
    }


def test_the_values_of_buttons_may_name_all_of_them(desk):
    code = {"type": "COPY_CODE", "text": "Copy"}
    buttons = [{"type": "QUICK_REPLY", "text": "Fine"}, code]
    template(
        desk, components=[{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": buttons}]
    )
    for given in (["SALE"], ["", "SALE"]):
        asked = {"name": "hello", "language": "en", "buttons": given}
        payload = desk.fresh(send(desk, template=asked)).payload
        assert payload["template"]["buttons"] == ["", {"type": "copy_code", "value": "SALE"}]


def test_a_template_with_named_variables_takes_a_dict(desk):
    body = [{"type": "BODY", "text": "Dear {{name}}, {{thing}}."}]
    template(desk, components=body, is_named=True)
    values = {"body": {"thing": "a  sofa\n", "name": "Maria"}}
    message = send(desk, template={"name": "hello", "language": "en", **values})
    assert desk.fresh(message).text == "Dear Maria, a sofa."
    assert desk.fresh(message).payload["template"]["body"] == {"name": "Maria", "thing": "a sofa"}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {**FILLED, "body": ["Maria"]},
        {**FILLED, "body": ["Maria", " "]},
        {**FILLED, "body": ["Maria", "sofa", "more"]},
        {**FILLED, "body": "Maria"},
        {**FILLED, "buttons": []},
    ],
)
def test_a_template_needs_all_its_values(desk, values):
    template(desk)
    asked = {"name": "hello", "language": "en", **values}
    assert refused(desk, template=asked) == "template_values"


def test_a_template_in_review_is_not_sent(desk):
    template(desk, status="pending")
    asked = {"name": "hello", "language": "en", **FILLED}
    assert refused(desk, template=asked) == "template"
    assert refused(desk, "and words", template=asked) == "template"


def test_offers_do_not_go_to_who_said_no(desk):
    for category in ("marketing", "utility"):
        template(desk, name=category, category=category, components=[{"type": "BODY", "text": "x"}])
    with desk.acme.scope():
        Consent.objects.create(
            contact=desk.conversation.contact,
            channel=desk.channel,
            purpose="marketing",
            is_granted=False,
            origin="platform",
            at=timezone.now(),
        )
    assert refused(desk, template={"name": "marketing", "language": "en"}) == "consent"
    assert send(desk, template={"name": "utility", "language": "en"}).kind == "template"


def test_a_template_of_another_channel_is_not_there(desk, acme, platform):
    template(desk)
    other = make_desk(acme, platform(templates=True))
    assert refused(other, template={"name": "hello", "language": "en", **FILLED}) == "template"


def test_a_header_with_a_picture_takes_it_from_the_attachments(desk):
    media = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Look"}]
    template(desk, components=media)
    asked = {"template": {"name": "hello", "language": "en"}}
    assert refused(desk, **asked) == "template_file"
    wrong, right = draft(desk, "file"), draft(desk, "image")
    with pytest.raises(ValidationError):
        desk.do(send_message, desk.conversation, payload=asked, attachments=[wrong])
    message = desk.do(send_message, desk.conversation, payload=asked, attachments=[right])
    assert (message.kind, message.text) == ("template", "Look")


def test_the_window_opens_with_the_customers_next_message(desk):
    close_window(desk)
    assert refused(desk, "Hello") == "window_closed"
    with desk.acme.scope():
        make_message(desk.conversation)
    assert send(desk, "Hello").text == "Hello"


def test_who_never_wrote_can_be_sent_templates_only(acme, platform):
    desk = make_desk(acme, platform(window_hours=24, templates=True))
    assert refused(desk, "Hello") == "window_closed"


def test_a_note_carries_nothing(desk):
    with desk.acme.scope(), pytest.raises(ValidationError):
        send_message(
            desk.conversation,
            "x",
            by=desk.acme.anna,
            internal=True,
            payload={"contact": {"name": "B", "phone": "1"}},
        )
    with desk.acme.scope():
        assert leave_note(desk.conversation, "x", by=desk.acme.anna).payload == {}


def test_a_channel_says_how_many_files_it_takes(acme, platform):
    desk = make_desk(acme, platform(max_attachments=1))
    files = [draft(desk, "file") for _ in range(2)]
    with pytest.raises(ValidationError) as caught:
        desk.do(send_message, desk.conversation, attachments=files)
    assert caught.value.messages == ["At most 1 file goes with one message here."]
