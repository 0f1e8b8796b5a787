"""Series on screen: made, walked through, looked into."""

from decimal import Decimal

import pytest

from crm.actions import create_deal, move_deal
from crm.models import Stage
from events.journal import SYSTEM
from marketing.models import Series, SeriesParticipant, SeriesStep
from tests.cast import make_channel
from tests.marketing.series_hands import Course


@pytest.fixture
def client(stage, log_in):
    return log_in(stage.acme.marta)


def form(stage, **values):
    return {
        "name": "Welcome", "trigger": "segment", "segment": str(stage.segment.pk),
        "takes_present": "on", "goals": ["answered"], "channels": [str(stage.channel.pk)],
        "zone": "workspace", "consent_policy": "not_refused", "filter": "", **values,
    }  # fmt: skip


def step(**values):
    return {
        "text": "One", "amount": "1", "unit": "hours", "otherwise": "skip", "filter": "",
        "requires": ["not_answered"], **values,
    }  # fmt: skip


def only(stage):
    with stage.acme.scope():
        return Series.objects.get()


def test_a_step_asks_for_readers_only_where_a_platform_tells_of_them(stage, client):
    url = f"{stage.acme.url}/series/"
    with stage.acme.scope():
        silent = make_channel("telegram")
    answer = client.post(f"{url}new/", form(stage, channels=[str(silent.pk)]))
    client.post(answer["Location"], step(requires=["not_read"]))
    series = only(stage)
    page = client.post(f"{url}{series.pk}/start/", follow=True).content.decode()
    assert "none of the channels tells who has read" in page
    assert only(stage).status == "draft"


def test_a_series_is_made_and_started_by_forms(stage, client):
    url = f"{stage.acme.url}/series/"
    assert client.get(url).status_code == client.get(f"{url}new/").status_code == 200
    answer = client.post(f"{url}new/", form(stage))
    series = only(stage)
    here = f"{url}{series.pk}/"
    assert answer["Location"] == f"{here}steps/new/"
    assert series.goals == [{"kind": "answered"}]
    assert client.get(answer["Location"]).status_code == 200
    assert client.post(answer["Location"], step(amount="0"))["Location"] == here
    assert client.post(answer["Location"], step(text="Two"))["Location"] == here
    page = client.get(here).content.decode()
    assert "Did not answer" in page
    assert "1 hour" in page
    client.post(f"{here}start/")
    assert only(stage).status == "running"
    client.post(f"{here}pause/")
    client.post(f"{here}edit/", form(stage, name="Other", again="on", reentry_days="30"))
    series = only(stage)
    assert (series.name, series.reentry_days, series.status) == ("Other", 30, "paused")
    client.post(f"{here}stop/")
    assert only(stage).status == "stopped"


def test_steps_are_changed_moved_and_taken_out(stage, client):
    course = Course(stage, starts=False)
    one, two = course.steps()
    here = f"{stage.acme.url}/series/{course.series.pk}/"
    assert client.get(f"{here}steps/{one.pk}/").status_code == 200
    assert client.post(f"{here}steps/{one.pk}/", step(text="New", amount="2")).status_code == 303
    client.post(f"{here}steps/{one.pk}/move/", {"to": "1"})
    found = course.steps()
    assert [row.broadcast.text for row in found] == ["Two", "New"]
    assert found[1].delay_minutes == 120
    client.post(f"{here}steps/{two.pk}/removal/")
    assert [row.pk for row in course.steps()] == [one.pk]
    assert client.get(f"{here}steps/{two.pk}/").status_code == 404
    assert client.post(f"{here}preview/", step(text="Seen {{first_name}}")).status_code == 200


def test_a_step_has_versions_and_formats_and_a_series_a_cap(stage, client):
    url = f"{stage.acme.url}/series/"
    asked = form(stage, has_cap="on", cap_count="2", cap_days="7")
    here = f"{url}{client.post(f'{url}new/', asked)['Location'].split('/')[-4]}/"
    said = step(text="**One**", has_versions="on", version=["Two"], share=["70", "30"])
    assert "<strong>One</strong>" not in client.get(f"{here}steps/new/").content.decode()
    assert "Version" in client.post(f"{here}preview/", said).content.decode()
    assert client.post(f"{here}steps/new/", said).status_code == 303
    with stage.acme.scope():
        found = SeriesStep.objects.select_related("broadcast", "series").get()
    assert found.series.frequency_cap == found.broadcast.frequency_cap == {"count": 2, "days": 7}
    assert (found.broadcast.text, found.broadcast.entities[0]["type"]) == ("One", "bold")
    assert [one["weight"] for one in found.broadcast.variants] == [70, 30]
    assert client.post(f"{here}steps/{found.pk}/", {**said, "share": ["1", "2"]}).status_code == 422
    assert client.post(f"{here}edit/", form(stage, has_cap="on")).status_code == 422


def test_a_series_tells_what_it_brought_and_shows_the_deals(stage, client):
    course = Course(stage)
    course.go()
    with stage.acme.scope():
        deal = create_deal(contact=stage.people[0], amount=Decimal(700), by=SYSTEM)
        won = Stage.objects.filter(pipeline=deal.pipeline, group="won").first()
        move_deal(deal, to=won, by=SYSTEM, checks_fields=False)
    course.pass_time(minutes=61)
    course.go()
    here = f"{stage.acme.url}/series/{course.series.pk}/"
    # Two of its messages came before neither or both: a deal is counted once.
    page = client.get(f"{here}?days=30").content.decode()
    assert "₽700" in page
    deals = client.get(f"{here}deals/?figure=orders&days=30").content.decode()
    assert deals.count("<tr>") == 2
    assert client.get(f"{here}deals/?figure=nonsense").status_code == 200


def test_what_a_running_series_needs_cannot_be_taken_away(stage, client):
    course = Course(stage, steps=[{"text": "One"}])
    [one] = course.steps()
    here = f"{stage.acme.url}/series/{course.series.pk}/"
    client.post(f"{here}steps/{one.pk}/removal/")
    assert len(course.steps()) == 1
    assert client.post(f"{here}steps/{one.pk}/", step(text="")).status_code == 422
    assert course.steps()[0].broadcast.text == "One"


def test_every_persons_path_is_seen_and_each_figure_opens_its_people(stage, client):
    course = Course(stage, goals=[{"kind": "answered"}])
    course.go()
    course.pass_time(minutes=1)
    course.hear(stage.people[0])
    course.pass_time(minutes=61)
    course.go()
    here = f"{stage.acme.url}/series/{course.series.pk}/"
    page = client.get(here).content.decode()
    one, two = course.steps()
    assert "Wrote to us 1" in page
    for asked, count in (
        ("", 3), ("?state=active", 2), ("?reason=goals", 1), ("?reason=answered", 1),
        (f"?step={two.pk}&state=left", 1), ("?state=nonsense", 3),
    ):  # fmt: skip
        people = client.get(f"{here}people/{asked}").content.decode()
        assert people.count('<ol class="path">') == count, asked
    assert client.get(f"{here}steps/{one.pk}/report/").status_code == 200
    people = client.get(f"{here}steps/{one.pk}/people/?figure=sent").content.decode()
    assert "3 people" in people
    with stage.acme.scope():
        active = SeriesParticipant.objects.filter(state="active").first()
    client.post(f"{here}people/{active.pk}/removal/")
    assert stage.fresh(active).reason == "removed"


@pytest.mark.parametrize(
    "values",
    [{"name": ""}, {"again": "on"}, {"has_window": "on", "window_from": ""}, {"filter": "{"}],
    ids=["no name", "no days", "no hours", "no conditions"],
)
def test_a_form_that_cannot_be_read_is_shown_again(stage, client, values):
    assert client.post(f"{stage.acme.url}/series/new/", form(stage, **values)).status_code == 422


def test_agents_and_strangers_see_no_series(stage, log_in, rival):
    course = Course(stage, starts=False)
    path = f"/series/{course.series.pk}/"
    assert log_in(stage.acme.boris).get(f"{stage.acme.url}{path}").status_code == 403
    assert log_in(rival.rita).get(f"{rival.url}{path}").status_code == 404
