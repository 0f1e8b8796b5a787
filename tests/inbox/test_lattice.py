from itertools import permutations, product

import pytest
from django.db import connection

from inbox.delivery.lattice import ORDER, highest, rises, rises_sql
from inbox.models.message import Status


def play(statuses):
    current = statuses[0]
    for news in statuses[1:]:
        current = news if rises(current, news) else current
    return current


@pytest.mark.parametrize("heard", list(permutations(["sent", "failed", "delivered", "read"])))
def test_the_end_is_the_same_whatever_order_news_comes_in(heard):
    assert play(("sending", *heard)) == "read"
    assert highest(*heard) == "read"


def test_what_the_design_says_of_the_order():
    assert rises("queued", "sending")
    assert rises("sending", "unknown")
    assert rises("unknown", "delivered")
    assert rises("sent", "failed")
    assert not rises("delivered", "failed")
    assert not rises("read", "delivered")
    assert not rises("received", "read")
    assert not rises("sent", "sent")


@pytest.mark.django_db
def test_the_sql_form_agrees(db):
    statuses = [*ORDER, Status.RECEIVED]
    with connection.cursor() as cursor:
        for current, news in product(statuses, statuses):
            cursor.execute(f"select {rises_sql('%s', '%s')}", [news.value, current.value])
            assert cursor.fetchone()[0] == rises(current, news)
