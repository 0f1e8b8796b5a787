from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F, Sum
from django.utils import timezone

from analytics.models import AdSpend, Fact, Rollup
from analytics.rollups.freshness import count_what_is_new
from channels_connectors.models import ChannelDay
from contacts.models import Contact
from crm.models import Deal, DealChange, Goal, Task
from demo.dialogues import DIALOGUES
from demo.people import ANNOUNCED, PASSWORD
from demo.refusals import REFUSED
from demo.told import REPLIED_IN
from demo.year import plan
from events.models import Event, SubscriptionCursor
from inbox.models import Conversation, Message
from marketing.models import Broadcast, BroadcastRecipient, Segment
from marketing.totals import totals
from workspaces.models import User, Workspace
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


def run(*arguments) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_demo_is_seeded_once_and_prints_its_logins(settings):
    settings.TELEGRAM_API_URL = None
    first, second = run("seed_demo"), run("seed_demo")
    assert "is ready" in first
    assert "is ready" not in second
    assert Workspace.objects.count() == 1
    for person in ANNOUNCED:
        assert f"{person.email}  " in first
        assert User.objects.get(email=person.email).check_password(PASSWORD)
    with workspace_scope(Workspace.objects.get().id):
        assert Conversation.objects.count() == 14 + len(REFUSED)
        counted = ChannelDay.objects.aggregate(received=Sum("received"), sent=Sum("sent"))
        assert counted["received"] == Message.objects.filter(direction="incoming").count()
        assert counted["sent"] > 0
        assert Message.objects.filter(status="failed", error__gt="").exists()
        assert Task.objects.overdue().exists()
        assert Task.objects.done().get().result
        assert Goal.objects.count() == 12
        moved = DealChange.objects.filter(field="stage").order_by("deal", "-at").distinct("deal")
        for change in moved.select_related("deal"):
            assert change.at == change.deal.stage_since
        assert Deal.objects.filter(created_at__gte=F("conversation__created_at")).count() > 10
        assert not Deal.objects.filter(created_at__lt=F("conversation__created_at")).exists()
        talks = Conversation.objects.exclude(created_at__gte=F("contact__created_at"))
        assert not talks.exists()
        seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))


def test_who_waits_in_the_demo_has_asked(settings):
    """Chats of today are inquiries of today, and nobody answers by itself what the demo says."""
    settings.TELEGRAM_API_URL = None
    run("seed_demo")
    workspace = Workspace.objects.get().id
    with workspace_scope(workspace):
        assert count_what_is_new() == 0
    with workspace_scope(workspace):
        asked = Fact.objects.filter(kind="inquiry").values("conversation_id")
        talks = Conversation.objects.filter(pk__in=asked)
        assert talks.count() == len(DIALOGUES)
        assert talks.filter(waiting_since__isnull=False).exists()
        assert Fact.objects.filter(kind="first_reply", agent_id__isnull=False).exists()
        heard = Event.objects.filter(action="message.received").order_by("-seq").first()
        told = SubscriptionCursor.objects.exclude(name="facts").values_list("seq", flat=True)
        assert told
        assert all(seq >= heard.seq for seq in told)


def test_more_conversations_are_added_on_wish(settings):
    settings.TELEGRAM_API_URL = None
    run("seed_demo", "--conversations", "30")
    run("seed_demo", "--conversations", "12")
    with workspace_scope(Workspace.objects.get().id):
        assert Conversation.objects.count() == 14 + len(REFUSED) + 42
        assert Conversation.objects.filter(status="new", assignee__isnull=False).count() == 0


def test_the_demo_has_sent_broadcasts_and_prepares_more(settings):
    settings.TELEGRAM_API_URL = None
    run("seed_demo")
    with workspace_scope(Workspace.objects.get().id):
        assert set(Segment.objects.filter(count=0).values_list("name", flat=True)) == set()
        broadcasts = Broadcast.objects.exclude(segment=None)
        statuses = Counter(broadcasts.values_list("status", flat=True))
        assert statuses == {"done": 3, "stopped": 1, "scheduled": 1, "draft": 1}
        for broadcast in Broadcast.objects.filter(status="done"):
            found = totals(broadcast.pk)
            assert found["sent"] >= found["read"] >= found["answered"] > 0
            assert found["queued"] == 0


def test_the_demo_sells(settings):
    settings.TELEGRAM_API_URL = None
    run("seed_demo")
    with workspace_scope(Workspace.objects.get().id):
        open_deals = Deal.objects.open()
        assert {deal.stage.name for deal in open_deals.select_related("stage")} == {
            "Новый", "Квалификация", "Замер", "Счёт отправлен", "Предоплата",
        }  # fmt: skip
        assert Deal.objects.filter(status="lost", loss_reason__name="Дорого").exists()
        assert Deal.objects.get(contact__name="Рустам Хайруллин").conversation
        added = dict(Event.objects.filter(action="contact.created").values_list("subject_id", "at"))
        known = Contact.objects.in_bulk(added)
        assert added == {pk: contact.created_at for pk, contact in known.items()}
        assert not Deal.objects.filter(created_at__lt=F("contact__created_at")).exists()


def test_more_deals_are_added_on_wish(settings):
    settings.TELEGRAM_API_URL = None
    run("seed_demo")
    with workspace_scope(Workspace.objects.get().id):
        before = Deal.objects.count()
    assert "40 deals" in run("seed_demo", "--deals", "40")
    with workspace_scope(Workspace.objects.get().id):
        assert Deal.objects.count() == before + 40
        numbers = Deal.objects.values_list("number", flat=True)
        assert len(set(numbers)) == before + 40


def test_the_demo_has_a_past_year_on_wish(settings, monkeypatch):
    """Its numbers come from the journal like everybody's, and nobody answers what is long past."""
    settings.TELEGRAM_API_URL = None
    monkeypatch.setattr(plan, "LEADS_A_DAY", 0.25)
    run("seed_demo", "--year")
    with workspace_scope(Workspace.objects.get().id):
        assert {one.status for one in Deal.objects.all()} == {"open", "won", "lost", "not_a_lead"}
        assert Fact.objects.filter(kind="inquiry", flag=False).exists()
        past = Deal.objects.filter(created_at__lt=timezone.now() - timedelta(weeks=13))
        ids = list(past.values_list("pk", flat=True))
        assert Fact.objects.filter(kind="lead", deal_id__in=ids).count() == len(ids) > 10
        assert AdSpend.objects.values("source").distinct().count() == 4
        assert Rollup.objects.filter(kind="won", cube="total").exists()
        # Who got a broadcast lately finds it in their chat, and what they answered to it.
        reached = BroadcastRecipient.objects.filter(
            sent_at__gt=timezone.now() - timedelta(days=25), channel__kind="livechat"
        )
        told = {one.pk: one for one in Message.objects.filter(payload__has_key="broadcast")}
        assert {one.pk for one in reached} == set(told)
        answered = [one for one in reached if one.answered_at]
        assert answered
        for one in reached:
            assert (told[one.pk].status, told[one.pk].sent_at) == (one.state, one.sent_at)
            assert "{" not in told[one.pk].text
        for one in answered:
            talk = Message.objects.filter(conversation=told[one.pk].conversation)
            assert talk.filter(sent_at=one.answered_at, direction="incoming").exists()
            assert talk.filter(sent_at=one.answered_at + REPLIED_IN, author__isnull=False).exists()
            shown = Conversation.objects.get(pk=told[one.pk].conversation_id)
            newest = talk.filter(sent_at=shown.last_activity_at).values_list("text", flat=True)
            assert shown.last_message_text in [text[:200] for text in newest]
            assert not talk.filter(sent_at__gt=shown.last_activity_at).exists()
        last = Event.objects.order_by("-seq").values_list("seq", flat=True)[0]
        seqs = Event.objects.order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, last + 1))
        told = SubscriptionCursor.objects.exclude(name="facts").values_list("seq", flat=True)
        past = Event.objects.filter(action="message.received").order_by("-seq").first()
        assert all(seq >= past.seq for seq in told)
