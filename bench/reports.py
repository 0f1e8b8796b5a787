"""Server time of each report over a year of a busy company, from rollups.

    .venv/bin/python -m bench.reports [--share 1.0] [--rounds 15]

Whole requests through Django's handler. `--share 1` is a million conversations, five million
messages and a hundred thousand deals; the facts are made by SQL, as the subscription would leave
them, and added up by a rebuild. Goal: 150 ms.
"""

import argparse
import time
from urllib.parse import quote, unquote

from bench.world import percentile, row, timed, world

GOAL = 150  # milliseconds
_CHATS = """
    insert into analytics_fact (id, workspace_id, created_at, kind, natural_key, at,
        conversation_id, contact_id, channel_id, team_id, agent_id, source, medium, campaign, ad,
        term, currency, n, flag, seconds, business_seconds)
    select gen_random_uuid(), %(workspace)s, now(), %(kind)s, 'c' || g, moment, gen_random_uuid(),
        gen_random_uuid(), (%(channels)s::uuid[])[1 + g %% 5], (%(teams)s::uuid[])[1 + g %% 2],
        case when %(kind)s <> 'inquiry' then (%(agents)s::uuid[])[1 + g %% 15] end,
        case when %(kind)s = 'inquiry' then (%(sources)s::text[])[1 + g %% 8] else '' end,
        '', case when %(kind)s = 'inquiry' then 'campaign ' || g %% 20 else '' end, '',
        case when %(kind)s = 'inquiry' and g %% 8 < 4 then 'word ' || g %% 400 else '' end, '', 1,
        g %% 3 > 0, exp(random() * 8), exp(random() * 7)
    from generate_series(1, %(count)s) g
    cross join lateral (
        select now() - random() * interval '364 days' + g * interval '0' as moment
    ) m
"""
_MESSAGES = """
    insert into analytics_fact (id, workspace_id, created_at, kind, natural_key, at, channel_id,
        team_id, agent_id, source, medium, campaign, ad, currency, n)
    select gen_random_uuid(), %(workspace)s, now(), %(kind)s, 'm' || g, moment,
        (%(channels)s::uuid[])[1 + g %% 5], (%(teams)s::uuid[])[1 + g %% 2],
        case when %(kind)s = 'message_out' then (%(agents)s::uuid[])[1 + g %% 15] end,
        '', '', '', '', '', %(each)s
    from generate_series(1, %(count)s) g
    cross join lateral (
        select now() - random() * interval '364 days' + g * interval '0' as moment
    ) m
"""
_DEALS = """
    create temporary table born on commit drop as
    select gen_random_uuid() as deal, gen_random_uuid() as contact, g,
        now() - random() * interval '364 days' + g * interval '0' as at,
        (%(sources)s::text[])[1 + g %% 8] as source, 'campaign ' || g %% 20 as campaign,
        'ad ' || g %% 60 as ad, case when g %% 8 < 4 then 'word ' || g %% 400 else '' end as term,
        (%(agents)s::uuid[])[1 + g %% 15] as agent,
        (%(teams)s::uuid[])[1 + g %% 2] as team, (%(channels)s::uuid[])[1 + g %% 5] as channel
    from generate_series(1, %(count)s) g
"""
_OF_DEALS = """
    insert into analytics_fact (id, workspace_id, created_at, kind, natural_key, at, born_at,
        deal_id, contact_id, channel_id, team_id, agent_id, pipeline_id, stage_id, source, medium,
        campaign, ad, term, currency, n, flag, amount, cost, seconds)
    select gen_random_uuid(), %(workspace)s, now(), %(kind)s, %(kind)s || %(key)s || g,
        least(now(), at + random() * interval '20 days'), at, deal, contact, channel, team, agent,
        %(pipeline)s, %(stage)s, source, 'cpc', campaign, ad, term, 'RUB', 1, true,
        (random() * 1e7)::bigint, case when %(kind)s = 'won' then (random() * 5e6)::bigint end,
        case when %(timed)s then exp(random() * 12) end
    from born where g %% 100 < %(percent)s
"""
_TOUCHES = """
    insert into contacts_contact (id, workspace_id, created_at, updated_at, name, phone, email,
        language, note, fields, avatar)
    select contact, %(workspace)s, at, at, '', '', '', '', '', '{}', '' from born
"""
_TOUCHED = """
    insert into contacts_touch (id, workspace_id, created_at, contact_id, at, kind, source, medium,
        campaign, content, term, click_ids, landing_page, referrer, data)
    select gen_random_uuid(), %(workspace)s, now(), contact, at - k * interval '3 days', 'ad',
        (%(sources)s::text[])[1 + (g + k) %% 8], 'cpc', campaign, ad, term, '{}', '', '', '{}'
    from born cross join generate_series(1, 3) k
"""
_SPEND = """
    insert into analytics_adspend (id, workspace_id, created_at, updated_at, date, source, medium,
        campaign, ad, term, account, impressions, clicks, cost, currency, vat_included, origin,
        restated)
    select gen_random_uuid(), %(workspace)s, now(), now(), day::date,
        (%(sources)s::text[])[2 + g %% 7], 'cpc', 'campaign ' || g %% 20, 'ad ' || g,
        'word ' || g, '', 1000, 20,
        500, 'RUB', true, 'api', 0
    from generate_series(now() - interval '364 days', now(), interval '1 day') day
    cross join generate_series(1, 60) g
"""
# What a branch of the tree asks when an advertisement is opened.
ONE_AD = quote(
    '{"all": [{"field": "source", "op": "eq", "value": "yandex"},'
    ' {"field": "campaign", "op": "eq", "value": "campaign 1"},'
    ' {"field": "ad", "op": "eq", "value": "ad 1"}]}'
)
QUESTIONS = (
    ("marketing", "group=source"),
    ("marketing", "group=source,campaign"),
    ("marketing", "group=ad"),
    ("marketing", "group=term"),
    ("marketing", f"group=term&filter={ONE_AD}"),
    ("marketing", "group=day"),
    ("marketing", "group=source&model=first"),
    ("marketing", "group=source&model=linear"),
    ("sales", "group=owner"),
    ("sales", "group=pipeline"),
    ("team", "group=owner"),
    ("inquiries", "group=channel"),
    ("inquiries", "group=day"),
    ("channels", "group=channel"),
    ("overview", "group=day"),
    ("funnel", ""),
    ("cohorts", "group=first_contact"),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    with world(API_REQUESTS_PER_SECOND="0"):
        secret = _fill(arguments.share)
        _measure(secret, arguments.rounds)


def _fill(share):
    from django.db import connection

    from channels_connectors.models import Channel
    from core.ids import uuid7
    from crm.models import Pipeline
    from workspaces.actions import create_api_token, create_workspace
    from workspaces.models import Team, User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)
    chats, deals = int(1_000_000 * share), int(100_000 * share)
    began = time.perf_counter()
    with workspace_scope(workspace.id), connection.cursor() as cursor:
        pipeline = Pipeline.objects.get(is_default=True)
        stages = list(pipeline.stages.in_order())
        channels = [
            Channel.objects.create(kind="livechat", name=f"Site {n}", status="active").pk
            for n in range(5)
        ]
        values = {
            "workspace": workspace.id,
            "channels": channels,
            "teams": [Team.objects.create(name=f"Team {n}").pk for n in range(2)],
            "agents": [member.pk, *(uuid7() for _ in range(14))],
            "sources": ["", "yandex", "vk", "telegram", "2gis", "avito", "google", "mail"],
            "pipeline": pipeline.pk,
        }
        for kind in ("inquiry", "taken", "first_reply", "reply", "resolution"):
            cursor.execute(_CHATS, {**values, "kind": kind, "count": chats})
        for kind in ("message_in", "message_out"):
            # Those of a batch and a quarter of an hour are one fact.
            cursor.execute(_MESSAGES, {**values, "kind": kind, "count": chats // 2, "each": 5})
        cursor.execute(_DEALS, {**values, "count": deals})
        facts = [("lead", 100, None, False), ("accepted", 66, None, False)]
        facts += [("won", 14, None, True), ("lost", 40, None, True), ("rejected", 20, None, True)]
        facts += [("new_customer", 12, None, True)]
        facts += [("stage", 100 - 25 * n, stage.pk, True) for n, stage in enumerate(stages[:4])]
        for kind, percent, stage, timed_ in facts:
            given = {"kind": kind, "percent": percent, "stage": stage, "timed": timed_}
            cursor.execute(_OF_DEALS, {**values, **given, "key": str(stage or "")})
        cursor.execute(_TOUCHES, values)
        cursor.execute(_TOUCHED, values)
        cursor.execute(_SPEND, values)
    print(f"{chats:,} conversations, {chats * 5:,} messages, {deals:,} deals:", end=" ")
    print(f"made in {time.perf_counter() - began:.0f} s,", end=" ")
    _add_up(workspace.id)
    with workspace_scope(workspace.id):
        return create_api_token(name="bench", role="admin").secret


def _add_up(workspace_id):
    from django.db import connection

    from analytics.models import Rollup
    from analytics.rollups.rebuilding import rebuild_rollups
    from core.postgresql.roles import owner_connections
    from workspaces.scope import workspace_scope

    began = time.perf_counter()
    with workspace_scope(workspace_id):
        rebuild_rollups()
        print(f"{Rollup.objects.count():,} rows of rollups", end=" ")
    print(f"in {time.perf_counter() - began:.0f} s\n", flush=True)
    connection.close()
    with owner_connections(), connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    connection.close()


def _measure(secret, rounds):
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {secret}"})
    row("report", "p50 ms", "p95 ms", f"goal {GOAL} ms")
    row(*["---"] * 4)
    for name, query in QUESTIONS:
        url = f"/api/v1/reports/{name}/?from={_a_year_ago()}&{query}"

        def ask(url=url):
            response = client.get(url)
            assert response.status_code == 200, response.content

        ask()
        spent = timed(ask, rounds)
        middle, most = (percentile(spent, share) * 1000 for share in (0.5, 0.95))
        kept = "kept" if middle < GOAL else "missed"
        row(f"{name} {unquote(query)[:60]}", f"{middle:.0f}", f"{most:.0f}", kept)


def _a_year_ago():
    from datetime import timedelta

    from django.utils import timezone

    return (timezone.now() - timedelta(days=363)).date().isoformat()


if __name__ == "__main__":
    main()
