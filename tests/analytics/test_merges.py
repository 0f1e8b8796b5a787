"""Customers who turn out to be one, and two after all."""

import pytest

from contacts.merges import merge_contacts, undo_merge
from contacts.models import MergeRecord

pytestmark = pytest.mark.django_db


def test_a_merge_makes_one_new_customer_of_two_and_undoing_it_two_again(shop, acme, report):
    maria, masha = shop.contact("Maria", source="yandex"), shop.contact("Masha", source="vk")
    shop.win(shop.deal(maria))
    shop.win(shop.deal(masha))
    assert report("marketing").total["new_customers"] == 2
    with acme.scope():
        merge_contacts(kept=maria, absorbed=masha, by=acme.anna)
    total = report("marketing").total
    assert (total["orders"], total["new_customers"]) == (2, 1)
    with acme.scope():
        undo_merge(merge=MergeRecord.objects.get(), by=acme.anna)
    assert report("marketing").total["new_customers"] == 2
