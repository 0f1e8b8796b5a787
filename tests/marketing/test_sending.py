"""A broadcast from its launch to its end."""

from channels_connectors.errors import ConnectorError
from contacts.actions import set_consent
from contacts.models import Contact, ContactIdentity
from events.journal import SYSTEM
from marketing.models import BroadcastRecipient


def test_everybody_gets_the_message_once(stage):
    broadcast = stage.send(text="Dear {{name|friend}}, a sale!")
    assert broadcast.status == "done"
    assert stage.totals(broadcast) == {"sent": 3}
    assert sorted(stage.platform.texts) == sorted(
        f"Dear {contact.name}, a sale!" for contact in stage.people
    )
    stage.work()
    assert len(stage.platform.sent) == 3


def test_the_customers_thread_shows_it_with_the_broadcasts_name(stage):
    broadcast = stage.send(name="Winter sale")
    message = stage.messages()[0]
    assert (message.text, message.status, message.sender_name) == ("Sale!", "sent", "Winter sale")
    assert message.payload["broadcast"] == {"id": str(broadcast.pk), "name": "Winter sale"}
    assert message.external_id
    conversation = stage.fresh(message.conversation)
    assert conversation.last_message_text == "Sale!"
    assert conversation.status == "closed"


def test_each_message_is_told_once_and_progress_at_most_once_a_second(stage):
    stage.send()
    assert len(stage.events("message.sent")) == 3
    told = stage.events("broadcast.progressed")
    assert len({event.at.replace(microsecond=0) for event in told}) >= len(told) - 1
    assert [event.action for event in stage.events("broadcast.launched", "broadcast.finished")] == [
        "broadcast.launched",
        "broadcast.finished",
    ]


def test_who_cannot_be_written_to_is_left_out_with_the_reason(stage):
    blocked, refused, gone = stage.people
    with stage.acme.scope():
        Contact.objects.filter(pk=blocked.pk).update(blocked_at="2026-01-01T00:00Z")
        set_consent(contact=refused, granted=False, origin="agent", by=SYSTEM)
        ContactIdentity.objects.filter(contact=gone).update(is_reachable=False)
        stranger = Contact.objects.create(name="Nobody")
    broadcast = stage.send()
    assert stage.states(broadcast) == {
        blocked.pk: "blocked",
        refused.pk: "no_consent",
        gone.pk: "unreachable",
        stranger.pk: "no_identity",
    }
    assert stage.platform.sent == []
    assert broadcast.status == "done"


def test_consent_is_looked_at_again_before_each_send(stage):
    broadcast = stage.launch()
    with stage.acme.scope():
        from marketing.engine.freezing import freeze_chunk
        from marketing.engine.keeping import look

        look(broadcast.pk)
        assert not freeze_chunk(broadcast.pk)
        set_consent(contact=stage.people[0], granted=False, origin="customer", by=SYSTEM)
    stage.work()
    assert stage.states(broadcast)[stage.people[0].pk] == "no_consent"
    assert stage.totals(broadcast) == {"sent": 2, "skipped": 1}


def test_a_missing_value_leaves_the_contact_out(stage):
    with stage.acme.scope():
        Contact.objects.filter(pk=stage.people[0].pk).update(fields={"city": "Oslo"})
    broadcast = stage.send(text="Hello, {{fields.city}}")
    assert stage.platform.texts == ["Hello, Oslo"]
    assert set(stage.states(broadcast).values()) == {"sent", "missing_value:fields.city"}


def test_two_contacts_with_one_address_get_one_message(stage, monkeypatch):
    with stage.acme.scope():
        email = Contact.objects.create(name="A", email="a@example.com")
        twin = Contact.objects.create(name="B", email="A@example.com")
    from tests.cast import make_channel

    with stage.acme.scope():
        letters = make_channel("email")
    broadcast = stage.launch(channels=[str(letters.pk)], subject="Sale")
    with stage.acme.scope():
        from marketing.engine.freezing import freeze_chunk

        freeze_chunk(broadcast.pk)
        found = dict(
            BroadcastRecipient.objects.filter(contact__in=[email, twin]).values_list(
                "state", "reason"
            )
        )
    assert found == {"queued": "", "skipped": "duplicate"}


def test_whoever_is_in_the_audience_stays_as_they_are(stage):
    broadcast = stage.launch()
    with stage.acme.scope():
        from marketing.engine.freezing import add, freeze_chunk

        freeze_chunk(broadcast.pk)
        BroadcastRecipient.objects.filter(contact=stage.people[0]).update(state="sent")
        before = list(BroadcastRecipient.objects.order_by("id").values())
        newcomer = Contact.objects.create(name="New")
        add(stage.fresh(broadcast), [one.pk for one in (*stage.people, newcomer)])
        assert (
            list(BroadcastRecipient.objects.exclude(contact=newcomer).order_by("id").values())
            == before
        )
    assert stage.states(broadcast)[newcomer.pk] == "no_identity"


def test_too_often_waits_and_goes_on(stage):
    stage.platform.answers.append(ConnectorError("rate", "Slowly", retry_after=0.2))
    broadcast = stage.send()
    stage.work()
    stage.make_due(broadcast)
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}
    assert len(stage.platform.sent) == 3


def test_an_unknown_outcome_is_listed_and_never_repeated(stage):
    stage.platform.answers.append(ConnectorError("transient", "Broken", maybe_sent=True))
    broadcast = stage.send()
    stage.work()
    assert stage.totals(broadcast) == {"sent": 2, "unknown": 1}
    assert len(stage.platform.sent) == 3
    assert sorted(message.status for message in stage.messages()) == ["sent", "sent", "unknown"]


def test_an_unknown_outcome_is_repeated_where_the_platform_knows_repetitions(
    acme, transactional_db, platform
):
    from tests.marketing.sending import Stage

    made = platform(dedupes_sends=True)
    stage = Stage(acme)
    made.answers.append(ConnectorError("transient", "Broken", maybe_sent=True))
    broadcast = stage.send()
    stage.make_due(broadcast)
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}
    keys = [message.idempotency_key for message in made.sent]
    assert len(keys) == 4
    assert len(set(keys)) == 3


def test_an_unknown_outcome_is_repeated_where_the_broadcast_says_so(stage):
    stage.platform.answers.append(ConnectorError("transient", "Broken", maybe_sent=True))
    broadcast = stage.send(unknown_policy="resend")
    stage.make_due(broadcast)
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}
    assert len(stage.platform.sent) == 4


def test_bad_content_fails_with_the_platforms_reason(stage):
    stage.platform.answers.append(ConnectorError("bad_content", "Too rude"))
    broadcast = stage.send()
    assert stage.totals(broadcast) == {"sent": 2, "failed": 1}
    [failed] = stage.recipients(broadcast, state="failed")
    assert (failed.reason, failed.error_class) == ("Too rude", "bad_content")


def test_a_broken_channel_holds_the_rest_until_it_works_again(stage):
    stage.platform.answers.extend([ConnectorError("channel_auth", "No entry")] * 3)
    broadcast = stage.send()
    assert stage.fresh(stage.channel).status == "broken"
    assert stage.totals(broadcast) == {"queued": 3}
    stage.platform.answers.clear()
    with stage.acme.scope():
        stage.fresh(stage.channel).change_status("active", by=stage.acme.anna)
    stage.make_due(broadcast)
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}


def test_a_recipient_who_left_is_written_to_on_the_next_channel(stage, acme):
    with acme.scope():
        from tests.cast import make_channel

        second = make_channel("platform", name="Second")
        ContactIdentity.objects.create(
            channel=second, contact=stage.people[0], external_id="another"
        )
    stage.platform.answers.append(ConnectorError("recipient_gone", "Gone"))
    with acme.scope():
        alone = stage.people[0]
    broadcast = stage.send(channels=[str(stage.channel.pk), str(second.pk)])
    stage.work()
    chats = [message.chat_id for message in stage.platform.sent]
    assert len(chats) == len(set(chats))
    by_contact = {one.contact_id: one for one in stage.recipients(broadcast)}
    failed = [one for one in by_contact.values() if one.state == "failed"]
    moved = [one for one in by_contact.values() if one.channel_id == second.pk]
    assert len(failed) + len(moved) == 1
    assert [one.contact_id for one in moved] in ([], [alone.pk])
