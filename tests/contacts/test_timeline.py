"""The story of one person, out of the journal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.actions import create_contact, record_touch, set_consent, update_contact
from contacts.blocking import block_contact
from contacts.merges import merge_contacts, undo_merge
from contacts.models import Contact, TimelineEntry
from contacts.timeline import page
from crm.actions import create_deal, move_deal
from crm.models import Stage
from events import types
from events.journal import SYSTEM, record
from events.subscriptions import run_workspace
from inbox.actions.sending import send_message
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db


def catch_up(cast):
    run_workspace(cast.workspace.id)


def heard(talk, text, **values):
    """A message of the customer, with its fact."""
    message = make_message(talk, text, **values)
    record(
        types.MESSAGE_RECEIVED,
        subject=message,
        by=SYSTEM,
        conversation_id=talk.id,
        audience=talk.audience(),
    )
    return message


def lines(cast, contact, viewer, **asked):
    with cast.scope():
        return [(item.entry.kind, item.line.text) for item in page(contact, viewer, **asked).items]


def test_everything_about_a_person_stands_in_one_list(acme):
    with acme.scope():
        talk = make_conversation(make_channel(), name="Maria")
        maria = talk.contact
        now = timezone.now()
        record_touch(
            contact=maria, kind="ad", by=SYSTEM, source="yandex", at=now - timedelta(days=3)
        )
        heard(talk, "Hello, how much is it?", sent_at=now - timedelta(hours=3))
        heard(talk, "Anybody?", sent_at=now - timedelta(hours=2))
    with acme.scope():
        talk.accept(by=acme.boris)
        send_message(conversation=talk, text="A hundred", by=acme.boris)
        deal = create_deal(contact=maria, by=acme.boris, title="Kitchen", amount=Decimal(5000))
    with acme.scope():
        move_deal(deal=deal, to=Stage.objects.get(name="Paid"), by=acme.boris)
        set_consent(contact=maria, granted=True, origin="agent", by=acme.boris)
        update_contact(contact=maria, by=acme.boris, email="maria@example.com")
        block_contact(contact=maria, by=acme.boris, reason="Spam")
    catch_up(acme)
    catch_up(acme)
    told = lines(acme, maria, acme.owner)
    assert told[-1] == ("touch", "Advertisement")
    kinds = [kind for kind, _ in told]
    assert kinds.count("messages") == 1
    assert {"deal", "consent", "contact", "conversation"} <= set(kinds)
    texts = {text for _, text in told}
    assert {"Deal “Kitchen” created", "Deal “Kitchen” won", "Blocked: Spam"} <= texts
    assert {"Changed: e-mail", "Consent given: Broadcasts and offers"} <= texts
    with acme.scope():
        spell = TimelineEntry.objects.get(kind="messages")
        assert (spell.incoming, spell.outgoing, spell.is_over) == (2, 1, True)
        [item] = page(maria, acme.owner, kinds=["messages"]).items
        assert item.line.detail == "Hello, how much is it?"


def test_after_a_conversation_was_closed_messages_begin_a_new_spell(acme):
    with acme.scope():
        talk = make_conversation(make_channel())
        heard(talk, "One")
    with acme.scope():
        talk.close(by=acme.boris)
    with acme.scope():
        heard(talk, "Two")
    catch_up(acme)
    with acme.scope():
        spells = TimelineEntry.objects.filter(kind="messages").order_by("seq")
        assert [(row.incoming, row.is_over) for row in spells] == [(1, True), (1, False)]


def test_what_a_member_may_not_see_is_not_in_the_story(acme):
    with acme.scope():
        talk = make_conversation(make_channel(), team=acme.support, assignee=acme.vera)
        heard(talk, "Only for support")
    catch_up(acme)
    assert lines(acme, talk.contact, acme.boris, kinds=["messages"]) == []
    assert len(lines(acme, talk.contact, acme.vera, kinds=["messages"])) == 1
    acme.vera.role = "analyst"
    assert lines(acme, talk.contact, acme.vera, kinds=["messages"]) == []


def test_the_story_follows_a_merge_and_its_undoing(acme):
    with acme.scope():
        anna, again = (create_contact(by=SYSTEM, name=name) for name in ("Anna", "Anna B"))
        record_touch(contact=again, kind="ad", by=SYSTEM, source="vk")
    catch_up(acme)
    with acme.scope():
        merge = merge_contacts(kept=anna, absorbed=again, by=acme.boris)
    catch_up(acme)
    merged = lines(acme, anna, acme.owner)
    assert merged[0] == ("contact", "Merged with “Anna B”")
    assert ("touch", "Advertisement") in merged
    with acme.scope():
        undo_merge(merge=merge, by=acme.boris)
    catch_up(acme)
    assert ("touch", "Advertisement") in lines(acme, again, acme.owner)
    assert ("touch", "Advertisement") not in lines(acme, anna, acme.owner)


def test_ten_thousand_entries_are_paged_by_their_place_and_cost_few_queries(acme):
    with acme.scope():
        maria = create_contact(by=SYSTEM, name="Maria")
    catch_up(acme)
    now = timezone.now()
    with acme.scope():
        seq = TimelineEntry.objects.get().seq
        TimelineEntry.objects.bulk_create(
            TimelineEntry(
                contact=maria, kind="contact", at=now + timedelta(seconds=i // 2), seq=-i - 1
            )
            for i in range(10_000)
        )
        # Facts of one kind stand for all of them.
        TimelineEntry.objects.filter(seq=seq).delete()
        with connection.cursor() as cursor:
            cursor.execute("analyze contacts_timelineentry")
        seen, cursor_text = [], ""
        for _ in range(3):
            rows = maria.timeline.order_by("-at", "-id")
            with CaptureQueriesContext(
                connection,
            ) as queries:
                shown = page(maria, acme.owner, before=cursor_text)
            assert len(queries) <= 12
            cursor_text = shown.older
            seen.append(cursor_text)
        assert len(set(seen)) == 3
        plan = rows.filter(at__lte=now)[:60].explain()
        assert "timeline_newest" in plan
        assert page(maria, acme.owner, before="nonsense").older == seen[0]


def test_a_stranger_has_another_story(acme, rival):
    with acme.scope():
        maria = create_contact(by=SYSTEM, name="Maria")
    catch_up(acme)
    with rival.scope():
        assert not TimelineEntry.objects.exists()
        assert not Contact.objects.filter(pk=maria.pk).exists()
