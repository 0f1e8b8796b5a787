"""The stand-in of another system: whom it believes, what it remembers, how it misbehaves."""

import json

import pytest

from sandbox.api.signing import headers_for
from tests.sandbox_api import SandboxSystem
from tests.sandbox_server import start_sandbox, stop_sandbox


def call(system, event="ping", key="k1", secret=None, **body):
    raw = json.dumps({"event": event, **body}).encode()
    headers = {**headers_for(secret or system.secret, raw), "Idempotency-Key": key}
    return system.sandbox.http.post(system.callback_url, content=raw, headers=headers)


def message(chat="maria", **more):
    return {"id": "own", "chat": chat, "text": "Да", **more}


def test_it_believes_only_who_knows_the_secret(other_system):
    assert call(other_system).status_code == 200
    assert call(other_system, secret="wrong").status_code == 401
    raw = b'{"event": "ping"}'
    headers = {**headers_for(other_system.secret, raw), "X-Timestamp": "1"}
    answer = other_system.sandbox.http.post(other_system.callback_url, content=raw, headers=headers)
    assert answer.status_code == 401


def test_a_repeated_key_does_nothing(other_system):
    first = call(other_system, "message", message=message())
    assert call(other_system, "message", message=message()).json() == first.json()
    assert other_system.texts() == ["Да"]
    other = call(other_system, "message", "k2", message=message())
    assert other.json() != first.json()


@pytest.mark.parametrize(
    ("kind", "status"),
    [("rate", 429), ("server", 500), ("gone", 404), ("auth", 401), ("refused", 422)],
)
def test_it_misbehaves_as_often_as_it_was_told(other_system, kind, status):
    other_system.fault(kind, count=2, retry_after=3, words="Нет.")
    answers = [call(other_system, "message", f"k{n}", message=message()) for n in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json() == {"error": "Нет."}
    assert answers[0].headers["Retry-After"] == "3"
    assert len(other_system.texts()) == 1


def test_faults_are_of_the_events_they_name(other_system):
    other_system.fault("server", events="edit,delete", count=None)
    assert call(other_system, "message", message=message()).status_code == 200
    assert call(other_system, "delete", "k2", chat="maria", messages=[]).status_code == 500
    other_system.control("faults", verb="DELETE")
    assert call(other_system, "delete", "k3", chat="maria", messages=[]).status_code == 200


def test_the_journal_knows_no_secrets(other_system):
    call(other_system, "message", message=message())
    assert other_system.calls("message")[0]["status"] == 200
    assert other_system.secret not in str(other_system.sandbox.journal(system=other_system.name))


def test_a_restart_keeps_the_chats_and_the_secret(tmp_path):
    process, first = start_sandbox(tmp_path)
    system = SandboxSystem(first)
    call(system, "message", message=message())
    stop_sandbox(process)
    process, second = start_sandbox(tmp_path)
    try:
        state = second.http.get(f"/api-channel/{system.name}/control/state").json()
        assert state["secret"] == system.secret
        assert [found["text"] for found in state["chats"]["maria"]] == ["Да"]
        names = [known["name"] for known in second.http.get("/api-channel/systems").json()]
        assert names == [system.name]
    finally:
        stop_sandbox(process)
