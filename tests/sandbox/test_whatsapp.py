"""What the stand-in of WhatsApp takes and refuses."""

import hashlib
import hmac

import pytest

from tests.sandbox_server import start_sandbox, stop_sandbox
from tests.sandbox_whatsapp import MARIA, SandboxNumber

TEXT = {"type": "text", "text": {"body": "Да"}}


def interactive(kind, action, text="x", **facts):
    body = {"type": kind, "body": {"text": text}, "action": action, **facts}
    return {"type": "interactive", "interactive": body}


def replies(*titles, **facts):
    buttons = [
        {"type": "reply", "reply": {"id": t + str(n), "title": t}} for n, t in enumerate(titles)
    ]
    return interactive("button", {"buttons": buttons}, **facts)


def rows(*titles):
    listed = [{"id": str(n), "title": title} for n, title in enumerate(titles)]
    return interactive("list", {"button": "Выбрать", "sections": [{"rows": listed}]})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "text", "text": {"body": " "}}, 131008),
        ({"type": "text", "text": {"body": "x" * 4097}}, 131009),
        ({"type": "text", "text": {"body": "x", "preview_url": "yes"}}, 131009),
        ({"type": "text"}, 131008),
        ({"type": "hologram"}, 131009),
        ({**TEXT, "messaging_product": "telegram"}, 131008),
        ({**TEXT, "to": ""}, 131008),
        ({**TEXT, "to": "Maria"}, 131009),
        ({**TEXT, "recipient": "RU.NOBODY"}, 131009),
        ({**TEXT, "to": MARIA, "recipient": "RU.X"}, 131008),
        ({**TEXT, "recipient_type": "group"}, 131009),
        ({**TEXT, "biz_opaque_callback_data": "x" * 513}, 131009),
        ({**TEXT, "context": {"message_id": "wamid.nothing"}}, 131009),
        ({"type": "image", "image": {}}, 131008),
        ({"type": "image", "image": {"id": "1", "link": "https://a.example"}}, 131008),
        ({"type": "image", "image": {"id": "1"}}, 131009),
        ({"type": "audio", "audio": {"id": "1", "caption": "x"}}, 131009),
        ({"type": "image", "image": {"id": "1", "filename": "x"}}, 131009),
        ({"type": "location", "location": {"latitude": 1}}, 131008),
        ({"type": "contacts", "contacts": []}, 131008),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "x"}}]}, 131009),
        ({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}, 131009),
        (replies(), 131009),
        (replies("1", "2", "3", "4"), 131009),
        (replies("x" * 21), 131009),
        (replies("a", "a"), 131009),
        (replies("a", text="x" * 1025), 131009),
        (rows(*map(str, range(11))), 131009),
        (rows("x" * 25), 131009),
        (interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "x"}}), 131008),
        (interactive("carousel", {}), 131009),
        ({"type": "template", "template": {"name": "x"}}, 131008),
        ({"type": "template", "template": {"name": "x", "language": {"code": "ru"}}}, 132001),
        ({"status": "delivered", "message_id": "x"}, 131009),
        ({"status": "read", "message_id": "wamid.x"}, 131009),
    ],
)
def test_wrong_messages_are_refused_with_metas_codes(whatsapp_number, body, code):
    whatsapp_number.say("Привет")
    known = {"to": MARIA} if "recipient" not in body else {"to": ""}
    answer = whatsapp_number.send(**known | body)
    assert answer["error"]["code"] == code
    assert answer["error"]["type"] == "OAuthException"
    assert whatsapp_number.answers() == []


def test_a_call_needs_a_token_and_a_node_of_its_own(whatsapp_number, sandbox):
    other = SandboxNumber(sandbox)
    assert whatsapp_number.call("GET", other.id)["error"]["error_subcode"] == 33
    assert whatsapp_number.call("GET", "me")["error"]["error_subcode"] == 33
    assert (
        "sandbox" in whatsapp_number.call("GET", f"{whatsapp_number.id}/flows")["error"]["message"]
    )
    for headers in ({}, {"Authorization": "Bearer EAArevokedrevokedrevoked"}):
        answer = sandbox.http.get(f"/v26.0/{whatsapp_number.id}", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)
    url = f"/v26.0/{whatsapp_number.id}?access_token={whatsapp_number.token}&fields=status"
    assert sandbox.http.get(url).json() == {"id": whatsapp_number.id, "status": "CONNECTED"}
    assert whatsapp_number.call("GET", whatsapp_number.id, params={"fields": "mood"})["error"]


def test_a_proof_of_the_secret_must_be_right(whatsapp_number):
    secret, token = whatsapp_number.app_secret.encode(), whatsapp_number.token.encode()
    right = hmac.new(secret, token, hashlib.sha256).hexdigest()
    assert "error" not in whatsapp_number.call(
        "GET", whatsapp_number.id, params={"appsecret_proof": right}
    )
    wrong = whatsapp_number.call("GET", whatsapp_number.id, params={"appsecret_proof": "0" * 64})
    assert "appsecret_proof" in wrong["error"]["message"]


def upload(number, data, mime, name="file"):
    form = {"messaging_product": "whatsapp", "type": mime}
    return number.call("POST", f"{number.id}/media", data=form, files={"file": (name, data, mime)})


def test_files_are_uploaded_shown_and_fetched(whatsapp_number, sandbox):
    whatsapp_number.say("Привет")
    media_id = upload(whatsapp_number, b"%PDF-", "application/pdf")["id"]
    assert "error" not in whatsapp_number.send(type="document", document={"id": media_id})
    # The customer's phone shows what we send, too.
    assert sandbox.http.get(whatsapp_number.answers()[-1]["page"]).content == b"%PDF-"
    refused = whatsapp_number.send(type="image", image={"id": media_id})
    assert refused["error"]["code"] == 131053
    known = whatsapp_number.call("GET", media_id)
    assert (known["mime_type"], known["file_size"]) == ("application/pdf", 5)
    assert known["sha256"] == hashlib.sha256(b"%PDF-").hexdigest()
    headers = {"Authorization": f"Bearer {whatsapp_number.token}"}
    assert sandbox.http.get(known["url"], headers=headers).content == b"%PDF-"
    assert sandbox.http.get(known["url"]).status_code == 401
    assert sandbox.http.get(known["url"] + "x", headers=headers).status_code == 404
    assert upload(whatsapp_number, b"", "image/png")["error"]["code"] == 131053
    assert whatsapp_number.call("DELETE", media_id) == {"success": True}
    assert whatsapp_number.call("GET", media_id)["error"]["error_subcode"] == 33


def test_the_window_opens_when_the_customer_writes(whatsapp_number):
    whatsapp_number.settle(asynchronous=False)
    assert whatsapp_number.send(**TEXT)["error"]["code"] == 131047
    whatsapp_number.say("Привет")
    assert whatsapp_number.send(**TEXT)["messages"][0]["id"].startswith("wamid.")
    whatsapp_number.settle(window="closed")
    assert whatsapp_number.send(**TEXT)["error"]["code"] == 131047
    whatsapp_number.settle(window="open")
    assert "error" not in whatsapp_number.send(to="79990001122", **TEXT)


def test_people_can_be_absent_or_have_had_enough(whatsapp_number):
    whatsapp_number.settle(asynchronous=False)
    whatsapp_number.control("people", wa_id="79990001133", absent=True)
    assert whatsapp_number.send(to="79990001133", **TEXT)["error"]["code"] == 131026
    whatsapp_number.make_template("sale", "Скидка", category="MARKETING")
    template = {"type": "template", "template": {"name": "sale", "language": {"code": "ru"}}}
    assert "error" not in whatsapp_number.send(to="79990001144", **template)
    whatsapp_number.control("preferences", person="79990001144", stopped=True)
    assert whatsapp_number.send(to="79990001144", **template)["error"]["code"] == 131050


@pytest.mark.parametrize(
    ("components", "code"),
    [
        ([], 132000),
        ([{"type": "body", "parameters": [{"type": "text", "text": "x"}]}], 132000),
        ([{"type": "body", "parameters": [{"type": "text", "text": ""}] * 2}], 131008),
    ],
)
def test_a_template_wants_its_variables(whatsapp_number, components, code):
    whatsapp_number.make_template("order", "Заказ {{1}} для {{2}}")
    template = {"name": "order", "language": {"code": "ru"}, "components": components}
    assert whatsapp_number.send(type="template", template=template)["error"]["code"] == code


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Order"},
        {"category": "SPAM"},
        {"components": "x"},
        {"components": []},
        {"components": [{"type": "BODY", "text": "{{1}}"}]},
        {"components": [{"type": "BODY", "text": "{{name}}", "example": {}}]},
        {"components": [{"type": "BODY", "text": "x" * 1025}]},
    ],
)
def test_a_template_that_is_not_in_order_is_refused(whatsapp_number, facts):
    body = [{"type": "BODY", "text": "Привет"}]
    asked = {"name": "order", "language": "ru", "category": "UTILITY", "components": body} | facts
    path = f"{whatsapp_number.waba_id}/message_templates"
    assert whatsapp_number.call("POST", path, json=asked)["error"]["code"] == 100
    assert whatsapp_number.state()["templates"] == []


def test_faults_end_by_count_or_by_hand(whatsapp_number):
    whatsapp_number.say("Привет")
    whatsapp_number.fault("rate", count=2, to=MARIA)
    assert "error" not in whatsapp_number.send(to="79990001122", **TEXT)
    assert [whatsapp_number.send(**TEXT)["error"]["code"] for _ in range(2)] == [130429] * 2
    whatsapp_number.fault("error", code=368, count=None)
    assert [whatsapp_number.send(**TEXT)["error"]["code"] for _ in range(3)] == [368] * 3
    whatsapp_number.control("faults", verb="DELETE")
    assert "error" not in whatsapp_number.send(**TEXT)


def test_the_journal_knows_no_secrets(whatsapp_number, sandbox):
    whatsapp_number.say("Привет")
    sent = whatsapp_number.send(**TEXT)
    told = {"override_callback_uri": "http://127.0.0.1:9/", "verify_token": "t0ken-secret"}
    whatsapp_number.call("POST", whatsapp_number.id, json={"webhook_configuration": told})
    whatsapp_number.call("POST", f"{whatsapp_number.waba_id}/subscribed_apps", json=told)
    (entry,) = whatsapp_number.journal()
    assert entry["body"]["text"] == {"body": "Да"}
    assert entry["message_id"] == sent["messages"][0]["id"]
    shown = str(sandbox.journal(phone=whatsapp_number.id))
    assert whatsapp_number.token not in shown
    assert "t0ken-secret" not in shown


def test_a_restart_keeps_chats_templates_and_waiting_webhooks(tmp_path):
    process, first = start_sandbox(tmp_path)
    number = SandboxNumber(first)
    number.call("POST", f"{number.waba_id}/subscribed_apps")
    sent = number.say(files={"file": ("a.txt", b"text", "text/plain")})
    number.make_template("hello", "Здравствуйте")
    number.send(**TEXT)
    stop_sandbox(process)
    process, second = start_sandbox(tmp_path)
    try:
        again = SandboxNumber(second, number.token)
        assert again.texts() == ["Да"]
        assert again.state()["pending"] >= 2
        assert [one["status"] for one in again.state()["templates"]] == ["APPROVED"]
        known = again.call("GET", sent["document"]["id"])
        headers = {"Authorization": f"Bearer {number.token}"}
        path = known["url"].partition("/whatsapp/")[2]
        assert second.http.get(f"/whatsapp/{path}", headers=headers).content == b"text"
    finally:
        stop_sandbox(process)
