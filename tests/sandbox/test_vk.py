"""What the stand-in of VK takes and refuses, and how it hands out its events."""

import json

import pytest

from tests.sandbox.test_updates import Receiver
from tests.sandbox_server import start_sandbox, stop_sandbox, wait_for
from tests.sandbox_vk import MARIA, SandboxCommunity


@pytest.fixture
def call(vk_community):
    """Call a method in Maria's chat, which she has opened; `(error code, words)` or the result."""
    vk_community.say("Привет")

    def run(method, **parameters):
        defaults = {"peer_ids": MARIA, "random_id": 1} if method == "messages.send" else {}
        answer = vk_community.call(method, **defaults | parameters)
        error = answer.get("error")
        return (error["error_code"], error["error_msg"]) if error else answer["response"]

    return run


def keyboard(**button):
    action = {"type": "text", "label": "Да", **button}
    return json.dumps({"inline": True, "buttons": [[{"action": action}]]})


@pytest.mark.parametrize(
    ("method", "parameters", "code", "words"),
    [
        ("messages.send", {"message": " "}, 100, "message is empty"),
        ("messages.send", {"message": "x" * 4097}, 914, "too long"),
        ("messages.send", {"message": "x" * 9001}, 100, "less or equal to 9000"),
        ("messages.send", {"message": "x", "random_id": None}, 100, "random_id"),
        ("messages.send", {"message": "x", "random_id": 2**31}, 100, "32 bits"),
        ("messages.send", {"message": "x", "random_id": "a"}, 100, "integer"),
        ("messages.send", {"message": "x", "peer_ids": None}, 100, "specify peer_id"),
        ("messages.send", {"message": "x", "peer_ids": "1," * 101}, 100, "100 items"),
        ("messages.send", {"message": "x", "attachment": "photo1"}, 100, "attachment"),
        ("messages.send", {"message": "x", "attachment": "doc1_2_k"}, 100, "attachment"),
        ("messages.send", {"message": "x", "attachment": "doc1_2," * 11}, 100, "too many"),
        ("messages.send", {"message": "x", "keyboard": "{"}, 911, "Keyboard"),
        ("messages.send", {"message": "x", "keyboard": keyboard(label="x" * 41)}, 911, "label"),
        ("messages.send", {"message": "x", "keyboard": keyboard(type="jump")}, 911, "action"),
        ("messages.send", {"message": "x", "payload": "x" * 1001}, 100, "1000"),
        ("messages.setActivity", {"peer_id": MARIA, "type": "dancing"}, 100, "type"),
        ("messages.sendMessageEventAnswer", {"event_id": "x"}, 100, "user_id"),
        ("groups.getCallbackServers", {"group_id": 1}, 15, "Access denied"),
        ("groups.addCallbackServer", {}, 100, "group_id"),
        ("docs.save", {"file": "nonsense"}, 100, "file"),
        ("messages.edit", {"peer_id": MARIA, "cmid": 1, "message": "x"}, 920, "kind"),
        ("messages.edit", {"peer_id": MARIA, "cmid": 9, "message": "x"}, 100, "cmid"),
        ("messages.delete", {"peer_id": MARIA}, 100, "cmids"),
        ("messages.markAsRead", {"peer_id": MARIA}, 100, "up_to_cmid"),
        ("messages.sendReaction", {"peer_id": MARIA, "cmid": 1, "reaction_id": 17}, 1009, "react"),
        ("messages.deleteReaction", {"peer_id": MARIA, "cmid": 9}, 100, "cmid"),
        ("messages.send", {"message": "x", "lat": "north", "long": "1"}, 100, "numbers"),
        ("execute", {"code": "return 1;"}, 12, "compile"),
        ("execute", {"code": "return [API.users.get({)];"}, 12, "compile"),
        ("execute", {"code": f"return [{','.join(['API.users.get({})'] * 26)}];"}, 13, "too many"),
        ("photos.saveMessagesPhoto", {"photo": "[]"}, 100, "photos_list"),
        ("friends.get", {}, 3, "does not play"),
    ],
)
def test_wrong_calls_are_refused_in_vks_words(call, method, parameters, code, words):
    answer = call(method, **parameters)
    assert answer[0] == code
    assert words in answer[1]


def test_a_call_needs_a_version_and_a_token(vk_community, sandbox):
    def code(**values):
        answer = sandbox.http.post("/method/users.get", data={"user_ids": MARIA, **values}).json()
        return answer.get("error", {}).get("error_code")

    assert code(access_token=vk_community.token) == 8
    assert code(v="5.199") == code(v="5.199", access_token="vk1.a.revokedrevokedrevoked") == 5
    assert code(v="5.199", access_token=vk_community.token) is None
    headers = {"Authorization": f"Bearer {vk_community.token}"}
    url = f"/method/users.get?v=5.199&user_ids={MARIA}"
    assert sandbox.http.get(url, headers=headers).json()["response"][0]["id"] == MARIA


def test_each_peer_has_its_own_answer(call):
    first, second = call("messages.send", message="Да", peer_ids=f"{MARIA},{MARIA + 1}")
    assert first["conversation_message_id"] == 2
    assert second["error"]["code"] == 901
    assert isinstance(call("messages.send", message="Да", peer_id=MARIA, peer_ids=""), int)
    forward = json.dumps({"peer_id": MARIA, "conversation_message_ids": [99], "is_reply": True})
    (answer,) = call("messages.send", message="Да", random_id=2, forward=forward)
    assert "reply message not found" in answer["error"]["description"]


def test_a_repeated_random_id_sends_nothing(call, vk_community):
    answers = [call("messages.send", message=text, random_id=7) for text in ("раз", "два")]
    assert answers[0] == answers[1]
    assert vk_community.texts() == ["раз"]
    for _ in range(2):
        call("messages.send", message="ноль", random_id=0)
    assert vk_community.texts() == ["раз", "ноль", "ноль"]


def test_uploads_take_three_steps(call, vk_community, sandbox):
    place = call("docs.getMessagesUploadServer", peer_id=MARIA, type="doc")
    files = {"file": ("счёт.pdf", b"%PDF-", "application/pdf")}
    told = sandbox.http.post(place["upload_url"], files=files).json()
    doc = call("docs.save", file=told["file"], title="Счёт.pdf")["doc"]
    name = f"doc{doc['owner_id']}_{doc['id']}_{doc['access_key']}"
    call("messages.send", attachment=name)
    shown = vk_community.answers()[0]["attachments"][0]["doc"]
    assert (shown["title"], sandbox.http.get(shown["url"]).content) == ("Счёт.pdf", b"%PDF-")
    assert call("messages.send", attachment=f"{name}x", random_id=2)[0] == 100


def test_execute_makes_several_calls_and_tells_of_each_refusal(call, vk_community):
    given = json.dumps({"user_ids": str(MARIA)})
    code = f"return [API.users.get({given}), API.friends.get({{}}), API.users.get({given})];"
    answer = vk_community.call("execute", code=code)
    first, second, third = answer["response"]
    assert (first[0]["id"], second, third) == (MARIA, False, first)
    assert [error["error_code"] for error in answer["execute_errors"]] == [3]
    assert call("execute", code="return [];") == []


def test_permissions_open_and_close_a_chat(call, vk_community):
    vk_community.control("permissions", person=MARIA, allowed=False)
    assert call("messages.send", message="x")[0]["error"]["code"] == 901
    vk_community.say("Я вернулась")
    assert "error" not in call("messages.send", message="x")[0]


def test_faults_end_by_count_or_by_hand(call, vk_community):
    vk_community.fault("rate", count=2)
    assert [call("messages.send", message="x")[0] == 6 for _ in range(2)] == [True, True]
    vk_community.fault("error", code=950, count=None)
    answers = [call("messages.send", message="x", random_id=n)[0] for n in range(3, 6)]
    assert answers == [950] * 3
    vk_community.control("faults", verb="DELETE")
    assert "error" not in call("messages.send", message="x", random_id=9)[0]


def test_the_journal_knows_no_tokens(call, sandbox, vk_community):
    call("messages.send", message="раз")
    (entry,) = vk_community.journal("messages.send")
    assert entry["parameters"]["message"] == "раз"
    assert entry["message_ids"] == [2]
    assert vk_community.token not in str(sandbox.journal())


class Hook(Receiver):
    """A callback server that answers what VK wants, unless it is told otherwise."""

    def __init__(self, community):
        super().__init__()
        self.community = community

    def connect(self):
        facts = {"group_id": self.community.id, "title": "Tandem", "secret_key": "s1"}
        told = self.community.call("groups.addCallbackServer", url=self.url, **facts)
        server = {"group_id": self.community.id, "server_id": told["response"]["server_id"]}
        self.community.call("groups.setCallbackSettings", message_new=1, **server)

    @property
    def status(self):
        return self.community.state()["servers"][0]["status"]

    @property
    def texts(self):
        return [
            event["object"]["message"]["text"]
            for event, _headers in self.received
            if event["type"] == "message_new"
        ]


@pytest.fixture
def hook(vk_community):
    vk_community.control("settings", retry_base=0.05, retry_cap=0.2)
    hook = Hook(vk_community)
    code = vk_community.state()["code"].encode()
    hook.answer = lambda event: code if event["type"] == "confirmation" else b"ok"
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def test_a_server_is_confirmed_and_gets_the_events_it_asked_for(hook, vk_community):
    hook.connect()
    wait_for(lambda: hook.status == "ok")
    vk_community.say("раз")
    vk_community.control("typing", person=MARIA)
    vk_community.say("два")
    wait_for(lambda: hook.texts == ["раз", "два"])
    kinds = [event["type"] for event, _headers in hook.received]
    assert kinds == ["confirmation", "message_new", "message_new"]
    assert {event["secret"] for event, _headers in hook.received} == {"s1"}
    assert len({event["event_id"] for event, _headers in hook.received}) == 3


def test_an_event_is_repeated_until_the_answer_is_ok(hook, vk_community):
    hook.connect()
    wait_for(lambda: hook.status == "ok")
    right, answers = hook.answer, [b"", b"OK", b"ok\n"]
    hook.answer = lambda event: answers.pop(0) if answers else right(event)
    vk_community.say("раз")
    wait_for(lambda: len(hook.texts) == 4)
    counters = [headers.get("X-Retry-Counter") for _event, headers in hook.received[1:]]
    assert counters == [None, "1", "2", "3"]
    assert len({event["event_id"] for event, _headers in hook.received[1:]}) == 1


def test_a_server_with_a_wrong_code_fails_until_it_is_edited(hook, vk_community):
    right = hook.answer
    hook.answer = lambda event: b"nonsense"
    hook.connect()
    vk_community.say("раз")
    wait_for(lambda: hook.status == "failed")
    assert hook.texts == []
    hook.answer = right
    facts = {"group_id": vk_community.id, "server_id": 1, "url": hook.url, "title": "Tandem"}
    vk_community.call("groups.editCallbackServer", secret_key="s2", **facts)
    wait_for(lambda: hook.texts == ["раз"])
    assert hook.received[-1][0]["secret"] == "s2"


def test_events_can_come_twice_and_shuffled(hook, vk_community):
    hook.connect()
    wait_for(lambda: hook.status == "ok")
    vk_community.control("faults", deliver_twice=True, shuffle=True)
    for number in range(20):
        vk_community.say(str(number))
    wait_for(lambda: len(hook.texts) == 40)
    assert hook.texts != sorted(hook.texts, key=int)
    assert sorted(set(hook.texts), key=int) == [str(number) for number in range(20)]


def test_a_restart_keeps_chats_servers_and_waiting_events(tmp_path):
    process, first = start_sandbox(tmp_path)
    community = SandboxCommunity(first)
    community.say("Привет", files={"file": ("a.txt", b"text", "text/plain")})
    community.call("messages.send", peer_ids=MARIA, random_id=5, message="Да")
    facts = {"group_id": community.id, "url": "http://127.0.0.1:9/", "title": "Tandem"}
    community.call("groups.addCallbackServer", **facts)
    stop_sandbox(process)
    process, second = start_sandbox(tmp_path)
    try:
        again = SandboxCommunity(second, community.token)
        assert again.texts() == ["Да"]
        assert again.state()["code"] == community_code(again)
        assert [server["url"] for server in again.state()["servers"]] == ["http://127.0.0.1:9/"]
        again.call("messages.send", peer_ids=MARIA, random_id=5, message="Да")
        assert again.texts() == ["Да"]
        path = again.messages()[0]["attachments"][0]["doc"]["url"].partition("/vk/")[2]
        assert second.http.get(f"/vk/{path}").content == b"text"
    finally:
        stop_sandbox(process)


def community_code(community):
    answer = community.call("groups.getCallbackConfirmationCode", group_id=community.id)
    return answer["response"]["code"]
