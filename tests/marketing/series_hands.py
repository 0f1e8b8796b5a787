"""Short hands for tests of series."""

from datetime import timedelta
from math import inf

from django.db.models import F

from events.subscriptions import run_workspace
from inbox.models import Conversation
from marketing.actions import create_series, set_steps, start_series
from marketing.models import BroadcastRecipient, SeriesParticipant, SeriesStep
from marketing.series.sweeping import sweep
from marketing.totals import totals


class Course:
    """A series on a stage, whose clock is ours."""

    def __init__(self, stage, *, steps=None, starts=True, **values):
        self.stage, self.acme = stage, stage.acme
        values.setdefault("channels", [str(stage.channel.pk)])
        if values.get("trigger", "segment") == "segment":
            values.setdefault("segment", stage.segment)
        with self.acme.scope():
            self.series = create_series(name=values.pop("name", "Welcome"), by=self.marta, **values)
            steps = steps or [{"text": "One"}, {"text": "Two", "delay_minutes": 60}]
            set_steps(self.series, steps, by=self.marta)
        if starts:
            self.do(start_series)

    @property
    def marta(self):
        return self.acme.marta

    def do(self, verb, *arguments, **values):
        with self.acme.scope():
            return verb(self.series, *arguments, by=self.marta, **values)

    def news(self):
        """Let the subscriptions read what has happened."""
        run_workspace(self.acme.workspace.id)

    def go(self):
        """All that is due now: people come in, steps are taken, messages are sent."""
        sweep(seconds=inf)
        self.stage.work()

    def pass_time(self, **delta):
        """As if so much time had gone by since everything that has happened."""
        with self.acme.scope():
            ago = timedelta(**delta)
            SeriesParticipant.objects.update(
                due_at=F("due_at") - ago, entered_at=F("entered_at") - ago,
                left_at=F("left_at") - ago,
            )  # fmt: skip
            Conversation.objects.update(last_incoming_at=F("last_incoming_at") - ago)
            BroadcastRecipient.objects.update(sent_at=F("sent_at") - ago)
            type(self.series).objects.update(looks_at=None)

    def hear(self, contact):
        """The contact writes."""
        from django.utils import timezone

        with self.acme.scope():
            Conversation.objects.filter(contact=contact).update(last_incoming_at=timezone.now())

    def people(self, **wanted):
        with self.acme.scope():
            found = SeriesParticipant.objects.filter(series=self.series, **wanted)
            return list(found.order_by("entered_at", "id"))

    def reasons(self):
        """Contact -> why they are out; "" for who is in it."""
        return {one.contact_id: one.reason for one in self.people()}

    def steps(self):
        with self.acme.scope():
            found = SeriesStep.objects.filter(series=self.series).in_order()
            return list(found.select_related("broadcast", "series"))

    def totals(self):
        """The numbers of each step that are not 0."""
        with self.acme.scope():
            return [
                {name: count for name, count in totals(step.broadcast_id).items() if count}
                for step in self.steps()
            ]

    @property
    def texts(self):
        return sorted(self.stage.platform.texts)
