"""The control API, for tests and for the page: `/email/<address>/control/...`.

Parameters come as JSON; answers are `{ok, result}` or `{ok: false, description}`.
"""

from __future__ import annotations

import base64
import uuid
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Any

from aiohttp import web

from sandbox.bodies import bad_request, read_object

from .faults import KINDS
from .world import EMAIL_WORLD, Mailbox, World, fault_of, shown

email_control_routes = web.RouteTableDef()
_PREFIX = "/email/{address}/control"


def _found(request: web.Request) -> tuple[World, Mailbox]:
    world = request.app[EMAIL_WORLD]
    return world, world.mailbox(request.match_info["address"])


def _answer(result: Any = None) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refuse(words: str) -> web.Response:
    return web.json_response({"ok": False, "description": words}, status=400)


@email_control_routes.get("/email/mailboxes")
async def mailboxes(request: web.Request) -> web.Response:
    """The mailboxes, and where the servers listen."""
    world = request.app[EMAIL_WORLD]
    return web.json_response(
        {
            "mailboxes": list(world.mailboxes),
            "imap_port": world.imap_port,
            "smtp_port": world.smtp_port,
        }
    )


@email_control_routes.post(f"{_PREFIX}/letters")
async def letters(request: web.Request) -> web.Response:
    """Somebody writes: `{person, name?, subject?, text?, html?, reply_to?, cc?, headers?}`, or a
    whole letter as `raw` (base64). `folder` puts it elsewhere than into the inbox, `at` (seconds of
    Unix time) makes it older."""
    _, mailbox = _found(request)
    facts = await read_object(request)
    folder = str(facts.get("folder") or "INBOX")
    if folder not in mailbox.folders:
        return _refuse("no such folder")
    if facts.get("raw"):
        raw = _decoded(facts["raw"])
    else:
        raw = _composed(mailbox, facts).as_bytes()
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    try:
        at = float(facts["at"]) if "at" in facts else None
    except (TypeError, ValueError):
        return _refuse("at is not a number of seconds")
    return _answer(shown(mailbox.deliver(raw, folder, at)))


@email_control_routes.post(f"{_PREFIX}/faults")
async def faults(request: web.Request) -> web.Response:
    """Trouble: see `faults.Fault`."""
    _, mailbox = _found(request)
    facts = await read_object(request)
    if facts.get("kind") not in KINDS:
        return _refuse("no such fault")
    mailbox.faults.all.append(fault_of(facts))
    return _answer()


@email_control_routes.delete(f"{_PREFIX}/faults")
async def heal(request: web.Request) -> web.Response:
    """No more trouble."""
    _found(request)[1].faults.all = []
    return _answer()


@email_control_routes.post(f"{_PREFIX}/settings")
async def settings(request: web.Request) -> web.Response:
    """`{keeps_copies?, password?, renumber?, sent?}`; `sent: false` takes the Sent folder away."""
    _, mailbox = _found(request)
    facts = await read_object(request)
    mailbox.keeps_copies = bool(facts.get("keeps_copies", mailbox.keeps_copies))
    mailbox.password = str(facts.get("password", mailbox.password))
    if facts.get("renumber"):
        for folder in mailbox.folders.values():
            folder.renumber()
    if facts.get("sent") is False:
        mailbox.folders = {"INBOX": mailbox.folders["INBOX"]}
    return _answer()


@email_control_routes.get(f"{_PREFIX}/state")
async def state(request: web.Request) -> web.Response:
    """The folders with their letters, the faults, and what `person` got."""
    world, mailbox = _found(request)
    person = request.query.get("person", "").lower()
    return _answer(
        {
            "folders": {
                folder.name: [shown(one) | {"flags": sorted(one.flags)} for one in folder.letters]
                for folder in mailbox.folders.values()
            },
            "faults": mailbox.faults.shown(),
            "received": [
                one
                for one in map(shown, world.received.get(person, ()))
                if mailbox.address in one["headers"].get("From", "")
            ],
        }
    )


def _decoded(content: Any) -> bytes:
    try:
        return base64.b64decode(content)
    except (TypeError, ValueError):
        raise bad_request("content is not base64") from None


def _composed(mailbox: Mailbox, facts: dict[str, Any]) -> EmailMessage:
    person = str(facts.get("person") or "maria@example.com")
    letter = EmailMessage()
    letter["From"] = formataddr((str(facts.get("name") or ""), person))
    letter["To"] = mailbox.address
    if facts.get("cc"):
        letter["Cc"] = str(facts["cc"])
    letter["Subject"] = str(facts.get("subject") or "")
    letter["Date"] = formatdate()
    letter["Message-ID"] = f"<{uuid.uuid4()}@{person.rpartition('@')[2] or 'example.com'}>"
    if facts.get("reply_to"):
        letter["In-Reply-To"] = str(facts["reply_to"])
        letter["References"] = str(facts["reply_to"])
    for name, value in (facts.get("headers") or {}).items():
        del letter[name]
        letter[name] = value
    letter.set_content(str(facts.get("text") or ""))
    if facts.get("html"):
        letter.add_alternative(str(facts["html"]), subtype="html")
    for file in facts.get("files") or ():
        main, _, sub = str(file.get("mime") or "application/octet-stream").partition("/")
        letter.add_attachment(
            _decoded(file.get("content")),
            maintype=main,
            subtype=sub,
            filename=str(file.get("name") or "file"),
        )
    return letter
