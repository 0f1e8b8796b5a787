"""Telegram webhooks a second, accepted and stored, by the whole product: one web process, one
sorter, one worker, beat.

    .venv/bin/python -m bench.webhooks [messages]

The generator runs on the same cores. Beside the figures stand the limits of the same run: a bare
ASGI app and a bare psycopg writer.
"""

import json
import subprocess
import sys
import time

from bench.product import EVERYTHING, Product, product
from bench.world import ROOT, await_http, milliseconds, process, row, world

CONNECTIONS = 32
PORT = 8310
SECRET = "s" * 32


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    with world(PORT) as environment:
        from bench.bare import rows_per_second

        body = update(1, 1)
        row("what", "a second", "p50 / p95 / p99 ms")
        row("---", "---", "---")
        row("bare psycopg writer, batches of 100", f"{rows_per_second(body.encode(), count):,.0f}")
        with process(["-m", "bench.bare", str(PORT)], environment):
            await_http(f"http://127.0.0.1:{PORT}/")
            report("bare ASGI app", generate([request("/", {}, body)] * count))
        channels = make_channels(1)
        with product(environment, ("web",)) as running:
            alone(running, channels, count)
            scenario(running, "warm-up", channels, 2000, people=500)
            scenario(running, "one workspace, 2,000 customers", channels, count, people=2000)
            channels = make_channels(100)
            scenario(running, "warm-up", channels, 2000)
            scenario(running, "a hundred workspaces, new customers", channels, count)


def alone(running: Product, channels: list[dict], count: int) -> None:
    """Post so many messages while nobody sorts, then have all of them stored."""
    before = stored()
    requests = telegram_requests(channels, count, people=2000)
    generate(requests[: count // 10])
    accepted = report("the web process alone: accepted", generate(requests[count // 10 :]))
    running.start(*(name for name in EVERYTHING if name != "web"))
    await_stored(before, accepted + count // 10)


def scenario(
    running: Product, name: str, channels: list[dict], count: int, people: int = 0
) -> None:
    """Post so many messages, wait until all are stored, and print both rates. Without `people`,
    each message is of a new customer."""
    requests = telegram_requests(channels, count, people)
    spent_before = running.processor_seconds()
    before, began = stored(), time.perf_counter()
    accepted = report(f"{name}: accepted", generate(requests))
    at_cut = stored() - before
    await_stored(before, accepted)
    spent = time.perf_counter() - began
    row(f"{name}: stored", f"{accepted / spent:,.0f}", f"{at_cut:,} of {accepted:,} at the cut")
    used = running.processor_seconds()
    shares = {key: (used[key] - spent_before.get(key, 0)) / accepted * 1e6 for key in used}
    told = ", ".join(f"{key} {share:.0f}" for key, share in shares.items() if share >= 1)
    row(f"{name}: processor, µs a message", f"{sum(shares.values()):.0f}", told)


def await_stored(before: int, accepted: int) -> None:
    """Wait until that many more messages are stored; neither fewer nor more."""
    deadline = time.perf_counter() + 600
    while (made := stored() - before) < accepted:
        if time.perf_counter() > deadline:
            sys.exit(f"only {made} of {accepted} were stored")
        time.sleep(0.1)
    assert made == accepted, "more messages than accepted requests"


def telegram_requests(channels: list[dict], count: int, people: int = 0) -> list[dict]:
    """Requests for the channels in turn. Without `people`, each message is of a new customer."""
    requests = []
    for number in range(count):
        channel = channels[number % len(channels)]
        channel["update"] += 1
        person = number % people if people else 10_000_000 + channel["update"]
        requests.append(
            request(channel["path"], channel["headers"], update(channel["update"], person))
        )
    return requests


def update(number: int, person: int) -> str:
    """A text message as Telegram sends it."""
    user = {"id": person, "is_bot": False, "first_name": "Мария", "last_name": f"№ {person}"}
    message = {
        "message_id": number,
        "from": {**user, "username": f"maria{person}", "language_code": "ru"},
        "chat": {"id": person, "first_name": "Мария", "type": "private"},
        "date": int(time.time()),
        "text": "Здравствуйте, есть ли «Ладога» в зелёном велюре и сколько ждать?",
    }
    return json.dumps({"update_id": number, "message": message}, ensure_ascii=False)


def request(path: str, headers: dict, body: str) -> dict:
    return {"path": path, "headers": headers, "body": body}


def generate(requests: list[dict]) -> dict:
    run = subprocess.run(
        [sys.executable, "-m", "bench.generator", "127.0.0.1", str(PORT), str(CONNECTIONS)],
        input="\n".join(map(json.dumps, requests)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if run.returncode:
        sys.exit(run.stderr)
    return json.loads(run.stdout)


def report(name: str, result: dict) -> int:
    accepted = result["statuses"].get("200", 0)
    row(name, f"{accepted / result['seconds']:,.0f}", milliseconds(result["latencies"]))
    if set(result["statuses"]) != {"200"}:
        print(f"  statuses: {result['statuses']}")
    return accepted


def make_channels(count: int) -> list[dict]:
    """Connected Telegram channels, each in a workspace of its own."""
    from channels_connectors.models import Channel
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.filter(email="bench@example.com").first() or User.objects.create_user(
        "bench@example.com", "bench", name="Bench"
    )
    made = []
    for _ in range(count):
        workspace, _member = create_workspace(name="Bench", owner=owner)
        with workspace_scope(workspace.id):
            channel = Channel.objects.create(
                kind="telegram",
                name="bot",
                status="active",
                credentials={"token": "900000000:" + "A" * 35, "secret_token": SECRET},
            )
        made.append(
            {
                "path": f"/hooks/telegram/{channel.key}/",
                "headers": {"X-Telegram-Bot-Api-Secret-Token": SECRET},
                "update": 0,
            }
        )
    return made


def stored() -> int:
    """Messages in all workspaces."""
    import psycopg

    from core.postgresql.connections import connection_parameters
    from core.postgresql.roles import SYSTEM_ROLE

    across = connection_parameters() | {"options": f"-c role={SYSTEM_ROLE}"}
    with psycopg.connect(**across) as connection:
        return connection.execute("select count(*) from inbox_message").fetchone()[0]


if __name__ == "__main__":
    main()
