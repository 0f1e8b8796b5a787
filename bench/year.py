"""A year of a busy company, as its subscription would have left it: made by the database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bench.crowd import dice
from bench.filling import indexes_made_afterwards, insert

AGENTS = 15
# So many customers wait, and so many questions were never answered.
WAITING, UNANSWERED = 2_000, 6_000
# Seven days in a hundred of a year ago, more of late: a company that grows.
MOMENT = "now() - interval '364 days' * power(random(), 1.3)"
_OF_CHAT = {
    "channel_id": f"(%(channels)s::uuid[])[1 + {dice(1, 5)}]",
    "team_id": f"(%(teams)s::uuid[])[1 + {dice(2, 2)}]",
}
_AGENT = f"(%(agents)s::uuid[])[1 + {dice(3, AGENTS)}]"
# Each source has campaigns of its own, each campaign advertisements; by a number of the source.
_ORIGIN = {
    "source": "(%(sources)s::text[])[1 + {0}]",
    "campaign": f"'campaign ' || {{0}} || '/' || {dice(5, 5)}",
    "ad": f"'ad ' || {{0}} || '/' || {dice(5, 5)} || '/' || {dice(6, 3)}",
    # Half of them are searches, of forty words.
    "term": f"case when {{0}} in (1, 2, 6, 7) then 'word ' || {dice(12, 40)} else '' end",
}
_SOURCE, _CAMPAIGN, _AD, _TERM = (words.format(dice(4, 8)) for words in _ORIGIN.values())
# Kind, percent of deals, with seconds.
_OUTCOMES = (("won", 0, 14), ("lost", 14, 54), ("rejected", 54, 74))
_OF_DEALS = (
    ("lead", 0, 100, False),
    ("accepted", 0, 66, False),
    ("judged", 0, 80, True),
    *((kind, first, last, True) for kind, first, last in _OUTCOMES),
    ("new_customer", 0, 12, True),
    ("payment", 0, 14, False),
    ("refund", 0, 1, False),
    ("answered", 54, 70, True),
    ("settled", 54, 57, True),
)


def make_year(workspace_id: UUID, owner: UUID, share: float) -> None:
    """Facts of a million conversations, five million messages and a hundred thousand deals, the
    deals, their contacts, touches and conversations, and what advertisements cost."""
    from analytics.models import AdSpend, ConversationClock, ExchangeRate, Fact
    from contacts.models import Contact, ContactIdentity, Touch
    from crm.models import Deal
    from inbox.models import Conversation
    from workspaces.scope import workspace_scope

    chats, deals = int(1_000_000 * share), int(100_000 * share)
    heavy = (Fact, Contact, ContactIdentity, Conversation, Deal, Touch)
    with indexes_made_afterwards(*heavy), workspace_scope(workspace_id):
        values = _places(owner)
        _chats(values, chats)
        _deals(values, deals)
        insert(
            AdSpend,
            """from generate_series(now() - interval '364 days', now(), interval '1 day') day
            cross join generate_series(1, 105) n""",
            values,
            date="day::date", source="(%(sources)s::text[])[2 + n %% 7]", medium="'cpc'",
            campaign="'campaign ' || 1 + n %% 7 || '/' || n / 7 %% 5", impressions="1000",
            clicks="20", cost="500", currency="'RUB'", vat_included="true", origin="'api'",
            ad="'ad ' || 1 + n %% 7 || '/' || n / 7 %% 5 || '/' || n / 35",
        )  # fmt: skip
        insert(
            ExchangeRate, "from generate_series(0, 12) n", values, currency="'USD'", rate="90 + n",
            since="(now() - interval '364 days' + n * interval '1 month')::date",
        )  # fmt: skip
        insert(
            ConversationClock, "from generate_series(1, %(unanswered)s) n", values,
            conversation_id="gen_random_uuid()", asked_at=MOMENT, cycle="n", **_OF_CHAT,
        )  # fmt: skip


def _places(owner: UUID) -> dict[str, Any]:
    """Fifteen members in two teams, five channels, a pipeline, and whence customers come."""
    from channels_connectors.models import Channel
    from crm.models import LossReason, Pipeline
    from workspaces.actions import add_member
    from workspaces.models import Role, Team, User

    pipeline = Pipeline.objects.get(is_default=True)
    stages = list(pipeline.stages.in_order())
    users = [User.objects.create_user(f"a{n}@example.com", name=f"A{n}") for n in range(AGENTS - 1)]
    return {
        "channels": [
            Channel.objects.create(kind="livechat", name=f"Site {n}", status="active").pk
            for n in range(5)
        ],
        "teams": [Team.objects.create(name=f"Team {n}").pk for n in range(2)],
        "agents": [owner, *(add_member(user=user, role=Role.AGENT).pk for user in users)],
        "sources": ["", "yandex", "vk", "telegram", "2gis", "avito", "google", "mail"],
        "pipeline": pipeline.pk,
        "stages": [stage.pk for stage in stages if stage.group == "active"],
        "ends": {stage.group: stage.pk for stage in stages},
        "reasons": list(LossReason.objects.values_list("pk", flat=True)),
        "waiting": WAITING,
        "unanswered": UNANSWERED,
    }


def _chats(values: dict[str, Any], count: int) -> None:
    from analytics.models import Fact

    for kind in ("inquiry", "taken", "first_reply", "reply", "resolution"):
        is_inquiry, is_timed = kind == "inquiry", kind not in {"inquiry", "taken"}
        more = {
            "source": _SOURCE, "campaign": _CAMPAIGN, "ad": _AD, "term": _TERM, "medium": "'cpc'",
        } if is_inquiry else {"agent_id": _AGENT}  # fmt: skip
        if is_timed:
            more |= {"seconds": "exp(random() * 8)", "business_seconds": "exp(random() * 7)"}
        insert(
            Fact, "from generate_series(1, %(count)s) n", {**values, "count": count},
            kind=f"'{kind}'", natural_key="'c' || n", at=MOMENT, flag=f"{dice(7, 3)} > 0",
            conversation_id="gen_random_uuid()", contact_id="gen_random_uuid()",
            **_OF_CHAT, **more,
        )  # fmt: skip
    for kind in ("message_in", "message_out"):
        # Those of a batch and a quarter of an hour are one fact.
        more = {"agent_id": _AGENT} if kind == "message_out" else {}
        insert(
            Fact, "from generate_series(1, %(count)s) n", {**values, "count": count // 2},
            kind=f"'{kind}'", natural_key="'m' || n", at=MOMENT, n="5", **_OF_CHAT, **more,
        )  # fmt: skip


def _deals(values: dict[str, Any], count: int) -> None:
    from django.db import connection

    from analytics.models import Fact
    from contacts.models import Contact, ContactIdentity, Touch
    from crm.models import Deal
    from inbox.models import Conversation

    with connection.cursor() as cursor:
        cursor.execute(
            f"""create temporary table born on commit drop as
            select uuidv7() as deal, uuidv7() as contact, uuidv7() as identity, n, {MOMENT} as at,
                n %% 100 as fate, random() * interval '20 days' as lasted,
                {_SOURCE} as source, {_CAMPAIGN} as campaign, {_AD} as ad, {_TERM} as term,
                {_AGENT} as agent,
                {_OF_CHAT["team_id"]} as team, {_OF_CHAT["channel_id"]} as channel,
                (100000 + {dice(8, 10_000_000)})::bigint as amount
            from generate_series(1, %(count)s) n""",
            {**values, "count": count},
        )
    insert(Contact, "from born", values, id="contact", created_at="at", updated_at="at")
    insert(
        ContactIdentity, "from born", values, id="identity", contact_id="contact",
        channel_id="channel", external_id="n::text",
    )  # fmt: skip
    insert(
        Conversation, "from born", values, contact_id="contact", channel_id="channel",
        identity_id="identity", assignee_id="agent", team_id="team", last_activity_at="at",
        status="case when n <= %(waiting)s then 'accepted' else 'closed' end",
        waiting_since="case when n <= %(waiting)s then at end", opened_at="at",
    )  # fmt: skip

    def other(column: str) -> str:
        """Of the touches before the one that counts."""
        return _ORIGIN[column].format("((n + k) %% 8)")

    insert(
        Touch, "from born cross join generate_series(1, 3) k", values, contact_id="contact",
        at="at - k * interval '3 days'", kind="'ad'", medium="'cpc'",
        source=f"case when k = 3 then source else {other('source')} end",
        campaign=f"case when k = 3 then campaign else {other('campaign')} end",
        content=f"case when k = 3 then ad else {other('ad')} end",
        term=f"case when k = 3 then term else {other('term')} end",
    )  # fmt: skip
    outcome = "case when fate < 14 then 'won' when fate < 54 then 'lost'"
    insert(
        Deal, "from born", values, id="deal", created_at="at", number="n", contact_id="contact",
        position="lpad(n::text, 8, '0')", pipeline_id="%(pipeline)s", amount="amount / 100.0",
        currency="'RUB'", stage_since="at", owner_id="agent", team_id="team", channel_id="channel",
        source="source", campaign="campaign", content="ad", term="term", medium="'cpc'",
        status=f"{outcome} when fate < 74 then 'not_a_lead' else 'open' end",
        closed_at="case when fate < 74 then least(now(), at + lasted) end",
        stage_id="(%(stages)s::uuid[])[1 + n %% cardinality(%(stages)s::uuid[])]",
    )  # fmt: skip
    facts = [(kind, first, last, timed, None) for kind, first, last, timed in _OF_DEALS]
    facts += [("stage", 25 * n, 100, True, pk) for n, pk in enumerate(values["stages"][:3])]
    facts += [("stage", 0, 14, False, values["ends"].get("won"))]
    for kind, first, last, is_timed, stage in facts:
        has_reason = kind in {"lost", "rejected"} and values["reasons"]
        insert(
            Fact,
            "from born where fate >= %(first)s and fate < %(last)s",
            {**values, "first": first, "last": last, "stage": stage},
            kind=f"'{kind}'", natural_key=f"'{kind}{stage or ''}' || n",
            at="at" if kind == "lead" else "least(now(), at + lasted)", born_at="at",
            on_day="least(now(), at + lasted)::date" if kind in {"payment", "refund"} else "null",
            deal_id="deal", contact_id="contact", channel_id="channel", team_id="team",
            agent_id="agent", pipeline_id="%(pipeline)s", stage_id="%(stage)s::uuid",
            source="source", medium="'cpc'", campaign="campaign", ad="ad", term="term",
            currency="'RUB'",
            flag=f"{dice(9, 3)} > 0", amount="-amount" if kind == "refund" else "amount",
            cost="amount / 2" if kind == "won" else "null",
            seconds=f"exp({dice(10, 12_000)} / 1000.0)" if is_timed else "null",
            loss_reason_id=f"(%(reasons)s::uuid[])[1 + {dice(11, 4)}]" if has_reason else "null",
        )  # fmt: skip
