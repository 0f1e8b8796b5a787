"""Notifications: on the bell, on their page, by e-mail, each once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from events import letters, retention
from events.models import Notification
from events.notifications import mark_read, notify

WORDS = "%(channel)s works again."


def tell(acme, *members, **values):
    values.setdefault("kind", "test")
    values.setdefault("words", WORDS)
    values.setdefault("data", {"channel": "Bot <b>"})
    with acme.scope():
        return notify(members, **values)


def rows(acme):
    with acme.scope():
        return list(Notification.objects.order_by("at", "id"))


def test_the_bell_counts_what_is_unread(acme, log_in):
    tell(acme, acme.anna)
    tell(acme, acme.anna, acme.boris)
    assert 'aria-label="2 unread"' in log_in(acme.anna).get(f"{acme.url}/notifications/count/").text
    assert (
        'aria-label="1 unread"' in log_in(acme.boris).get(f"{acme.url}/notifications/count/").text
    )


def test_the_page_shows_ones_own_and_escapes(acme, log_in):
    tell(acme, acme.anna)
    assert "Bot &lt;b&gt; works again." in log_in(acme.anna).get(f"{acme.url}/notifications/").text
    assert "Bot &lt;b" not in log_in(acme.boris).get(f"{acme.url}/notifications/").text


def test_opening_one_leads_where_it_points_and_marks_it_read(acme, log_in):
    (told,) = tell(acme, acme.anna, link=f"{acme.url}/channels/")
    admin = log_in(acme.anna)
    path = f"{acme.url}/notifications/{told.pk}/opening/"
    assert admin.get(path).status_code == 405
    answer = admin.post(path)
    assert (answer.status_code, answer.url) == (303, f"{acme.url}/channels/")
    assert rows(acme)[0].read_at is not None
    assert admin.post(path).status_code == 303


def test_nobody_opens_a_colleagues(acme, rival, log_in):
    (told,) = tell(acme, acme.anna)
    path = f"notifications/{told.pk}/opening/"
    assert log_in(acme.boris).post(f"{acme.url}/{path}").status_code == 404
    assert log_in(rival.rita).post(f"{rival.url}/{path}").status_code == 404
    assert rows(acme)[0].read_at is None


def test_all_are_marked_read_at_once(acme, log_in):
    tell(acme, acme.anna, acme.boris)
    log_in(acme.anna).post(f"{acme.url}/notifications/reading/")
    assert [one.read_at is None for one in rows(acme)] == [False, True]
    with acme.scope():
        assert mark_read(acme.anna) == 0


def test_a_letter_is_written_once_in_the_members_language(acme):
    acme.anna.user.language = "ru"
    acme.anna.user.save()
    tell(acme, acme.anna, link="/w/acme/channels/", by_email=True)
    assert letters.send_due_letters() == 1
    assert letters.send_due_letters() == 0
    (letter,) = mail.outbox
    assert letter.to == ["anna@example.com"]
    assert "снова работает" in letter.subject
    assert "http://localhost:8000/w/acme/channels/" in letter.body
    assert rows(acme)[0].emailed_at is not None


def test_a_subject_is_the_first_sentence(acme):
    text = "Shop 2.0 does not send: The key has ended. Replies wait and will go by themselves."
    assert letters.headline(text) == "Shop 2.0 does not send: The key has ended"
    assert letters.headline("Sofas works again.") == "Sofas works again"
    assert len(letters.headline("word " * 100)) == letters.LONGEST_SUBJECT


def test_what_is_due_at_once_goes_in_one_letter(acme):
    for _ in range(3):
        tell(acme, acme.anna, by_email=True)
    letters.send_due_letters()
    assert len(mail.outbox) == 1
    assert mail.outbox[0].body.count("works again") == 3


def test_one_incident_writes_no_more_than_a_letter_an_hour(acme):
    tell(acme, acme.anna, topic="channel:1", by_email=True)
    letters.send_due_letters()
    tell(acme, acme.anna, topic="channel:1", by_email=True)
    tell(acme, acme.anna, topic="channel:2", by_email=True)
    letters.send_due_letters()
    assert len(mail.outbox) == 2
    with acme.scope():
        Notification.objects.exclude(email_due_at=None).update(email_due_at=timezone.now())
    letters.send_due_letters()
    assert len(mail.outbox) == 3


def test_a_mail_server_that_fails_is_tried_again(acme, monkeypatch):
    tell(acme, acme.anna, by_email=True)

    def refuse(*arguments, **values):
        raise OSError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr(letters, "send_mail", refuse)
        assert letters.send_due_letters() == 0
    (told,) = rows(acme)
    assert told.emailed_at is None
    assert told.email_due_at > timezone.now()
    with acme.scope():
        Notification.objects.update(email_due_at=timezone.now())
    assert letters.send_due_letters() == 1


def test_a_member_who_has_left_gets_no_letter(acme):
    tell(acme, acme.anna, by_email=True)
    with acme.scope():
        type(acme.anna).objects.filter(pk=acme.anna.pk).update(is_active=False)
    assert letters.send_due_letters() == 0
    assert mail.outbox == []


@pytest.mark.parametrize("words", ["%(nobody)s", "100 %", "%d things"])
def test_words_that_do_not_fit_are_shown_as_they_are(acme, log_in, words):
    tell(acme, acme.anna, words=words)
    assert words in log_in(acme.anna).get(f"{acme.url}/notifications/").text


def test_old_ones_are_forgotten(acme):
    tell(acme, acme.anna)
    tell(acme, acme.boris)
    with acme.scope():
        Notification.objects.filter(membership=acme.anna).update(
            at=timezone.now() - timedelta(days=91)
        )
    assert retention.forget_notifications() == 1
    assert [one.membership_id for one in rows(acme)] == [acme.boris.pk]
