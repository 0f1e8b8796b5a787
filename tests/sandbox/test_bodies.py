"""What the control APIs of mailboxes and other systems answer to who calls them wrongly."""

import pytest


@pytest.fixture(params=["letters", "messages"])
def speak(request, sandbox):
    """Post to a control API in the name of a customer."""
    ways = {
        "letters": "/email/shop@example.org/control/letters",
        "messages": "/api-channel/shop/control/messages",
    }
    return lambda **body: sandbox.http.post(ways[request.param], **body)


def test_a_form_is_told_that_json_is_wanted(speak):
    for body in ({"data": {"text": "Hello"}}, {"files": {"text": b"Hello"}}):
        answer = speak(**body)
        assert (answer.status_code, answer.json()["ok"]) == (415, False)
        assert "JSON" in answer.json()["description"]


def test_what_is_no_object_is_refused(speak):
    for content in (b"", b"{", b"[]", b"\xff", b"null"):
        answer = speak(content=content)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)


def test_odd_facts_are_refused(sandbox):
    letters, faults = (f"/email/shop@example.org/control/{name}" for name in ("letters", "faults"))
    for path, facts in (
        (letters, {"at": "yesterday"}),
        (letters, {"raw": 5}),
        (letters, {"files": [{"name": "a.txt"}]}),
        (faults, {}),
        ("/api-channel/shop/control/messages", {"text": "Nobody"}),
        ("/api-channel/shop/control/faults", {"kind": "rate", "colour": "red"}),
    ):
        assert sandbox.http.post(path, json=facts).status_code == 400, facts
