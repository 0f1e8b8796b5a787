"""Server time of the table of contacts with any two conditions at once.

    .venv/bin/python -m bench contacts [1000000]

Whole requests through Django's handler, the first page each. The limit is 100 ms at a million.
"""

import itertools
import json
import sys

from bench.world import milliseconds, row, timed, world

ROUNDS = 20
INSERT = """
insert into contacts_contact
    (id, created_at, workspace_id, name, phone, email, language, note, fields, owner_id, avatar,
     updated_at)
select uuidv7(), now() - n * interval '30 seconds', %(workspace)s,
    (array['Анна','Борис','Вера','Глеб','Дарья','Егор','Жанна','Захар','Ирина','Олег'])
        [1 + n %% 10] || ' ' ||
    (array['Орлова','Громов','Ким','Назаров','Власова','Зимин','Лебедь'])[1 + n %% 7]
        || ' ' || n,
    '+7921' || lpad(n::text, 7, '0'), 'client' || n || '@example.com', 'ru', '',
    jsonb_build_object('visits', n %% 1000), case when n %% 3 = 0 then %(owner)s::uuid end, '',
    now() - n * interval '30 seconds'
from generate_series(1, %(count)s) n
"""
LABELS = """
insert into contacts_contactlabel (id, created_at, workspace_id, contact_id, label_id)
select uuidv7(), now(), %(workspace)s, id,
    case when right(phone, 2) = '00' then %(rare)s::uuid else %(common)s::uuid end
from contacts_contact where workspace_id = %(workspace)s and right(phone, 1) = '0'
"""
IDENTITIES = """
insert into contacts_contactidentity
    (id, created_at, workspace_id, channel_id, contact_id, external_id, name, username, is_group,
     is_reachable, unreachable_reason)
select uuidv7(), now(), %(workspace)s, %(channel)s, id, phone, name, '', false, true, ''
from contacts_contact where workspace_id = %(workspace)s and right(phone, 1) < '5'
"""
VALUES = """
insert into contacts_fieldvalue
    (id, created_at, workspace_id, field_id, entity_id, number_value)
select uuidv7(), now(), %(workspace)s, %(field)s, id, (fields->>'visits')::float
from contacts_contact where workspace_id = %(workspace)s
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with world():
        _measure(count)


def _measure(count: int) -> None:
    from django.test import Client

    from workspaces.actions import create_workspace
    from workspaces.models import User

    owner = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)
    leaves = _fill(workspace.id, member.id, count)
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    row("contacts", "conditions", "rows", "page p50 / p95 / p99 ms", "count p50 ms", "count")
    row(*["---"] * 6)
    pairs = [(), *((name,) for name in leaves), *itertools.combinations(leaves, 2)]
    for names in pairs:
        document = json.dumps({"all": [leaves[name] for name in names]}) if names else ""
        _one(client, count, " + ".join(names) or "none", {"filter": document})
    for words in ("Громов 777", "client77777", "921007", "Анна"):
        _one(client, count, f"search {words}", {"q": words})
    for sort in ("name", "-name", "-updated"):
        _one(client, count, f"sorted {sort}", {"sort": sort})


def _one(client, count: int, name: str, parameters: dict[str, str]) -> None:
    page = client.get("/w/bench/contacts/", parameters)
    assert page.status_code == 200, page.status_code
    found = page.content.decode().count('name="ids"')
    spent = timed(lambda: client.get("/w/bench/contacts/", parameters), ROUNDS)
    counted = client.get("/w/bench/contacts/count/", parameters).json()["words"]
    counting = timed(lambda: client.get("/w/bench/contacts/count/", parameters), 5)
    row(f"{count:,}", name, found, milliseconds(spent), milliseconds(counting).split()[0], counted)


def _fill(workspace_id, member_id, count: int) -> dict[str, dict[str, object]]:
    from django.db import connection

    from channels_connectors.models import Channel
    from contacts.models import CustomField, Label
    from core.postgresql.roles import owner_connections
    from workspaces.scope import workspace_scope

    with workspace_scope(workspace_id), connection.cursor() as cursor:
        channel = Channel.objects.create(kind="telegram", name="bot", status="active")
        rare, common = (Label.objects.create(name=name) for name in ("rare", "common"))
        field = CustomField.objects.create(
            entity="contact", key="visits", label="Visits", kind="number", position="a0"
        )
        values = {
            "workspace": workspace_id,
            "owner": member_id,
            "count": count,
            "channel": channel.pk,
            "rare": rare.pk,
            "common": common.pk,
            "field": field.pk,
        }
        for statement in (INSERT, LABELS, IDENTITIES, VALUES):
            cursor.execute(statement, values)
    with owner_connections(), connection.cursor() as cursor:
        cursor.execute("vacuum analyze")

    def leaf(name: str, operator: str, value: object) -> dict[str, object]:
        return {"field": name, "op": operator, "value": value}

    return {
        "name contains, rare": leaf("name", "contains", "ов 777"),
        "name contains, common": leaf("name", "contains", "Анна"),
        "phone begins": leaf("phone", "starts_with", "+7921000"),
        "e-mail contains": leaf("email", "contains", "777"),
        "label, 1 %": leaf("labels", "has", "rare"),
        "label, 9 %": leaf("labels", "has", "common"),
        "owner": leaf("owner", "eq", str(member_id)),
        "created, 7 days": leaf("created_at", "last_days", 7),
        "created before": leaf("created_at", "before", "2026-01-01"),
        "field = 7": leaf("fields.visits", "eq", 7),
        "field > 500": leaf("fields.visits", "gt", 500),
        "channel": leaf("channel", "has", str(channel.pk)),
        "no channel": leaf("channel", "set", False),
    }


if __name__ == "__main__":
    main()
