"""A pipeline to sell in: the one that every workspace begins with."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from contacts.models import Contact
from crm.actions import create_deal
from crm.models import Pipeline
from events.journal import SYSTEM


@pytest.fixture
def sales(acme):
    """`sales.stages` by name, `sales.deal(...)`, inside acme's scope."""
    with acme.scope():
        pipeline = Pipeline.objects.get(is_default=True)
        stages = {stage.name: stage for stage in pipeline.stages.in_order()}

        def deal(name="Maria", **values):
            values.setdefault("amount", Decimal(1000))
            values.setdefault("by", SYSTEM)
            if "stage" in values and isinstance(values["stage"], str):
                values["stage"] = stages[values["stage"]]
            return create_deal(contact=Contact.objects.create(name=name), **values)

        yield SimpleNamespace(pipeline=pipeline, stages=stages, deal=deal, acme=acme)
