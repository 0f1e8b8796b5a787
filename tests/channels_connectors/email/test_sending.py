"""Handing letters in, and what each refusal means."""

import uuid
from email import message_from_string, policy

import pytest
from aiosmtplib.errors import SMTPException

from channels_connectors.email import composing, errors, sending
from channels_connectors.email.transmission import Transmission
from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment, OutboundMessage

KEY = uuid.UUID("0198f1c0-7c1b-7f0a-9a55-0f9f3c1d2b7a")
SENT = "Отправленные"


def outbound(text="Hello", **values):
    values.setdefault("chat_id", "maria@example.com")
    return OutboundMessage(idempotency_key=KEY, text=text, **values)


async def refused(call):
    with pytest.raises(ConnectorError) as caught:
        await call
    return caught.value


async def test_a_letter_goes_out_and_a_copy_is_kept(mailbox):
    message = outbound(
        "Здравствуйте!\nСтоит 49 900 ₽",
        entities=[{"type": "bold", "offset": 14, "length": 6}],
        payload={
            "subject": "Re: Диван",
            "cc": ["boss@example.net"],
            "references": ["<first@example.com>", "<second@example.com>"],
        },
    )
    connector = mailbox.connector(sender_name="Диваны", signature="Борис\n+7 812 000")
    receipt = await connector.send(message)
    (letter,) = mailbox.received()
    headers = letter["headers"]
    assert receipt.external_id == headers["Message-ID"] == f"<{KEY}.tandem@example.org>"
    assert headers["From"] == f"Диваны <{mailbox.address}>"
    assert (headers["To"], headers["Cc"]) == ("maria@example.com", "boss@example.net")
    assert headers["Subject"] == "Re: Диван"
    assert headers["In-Reply-To"] == "<second@example.com>"
    assert headers["References"] == "<first@example.com> <second@example.com>"
    assert letter["text"] == "Здравствуйте!\nСтоит 49 900 ₽\n\n-- \nБорис\n+7 812 000\n"
    assert "<b>Стоит </b>49 900 ₽" in letter["html"]
    assert "Борис<br>" in letter["html"]
    assert len(mailbox.received("boss@example.net")) == 1
    (copy,) = mailbox.folder(SENT)
    assert copy["headers"]["Message-ID"] == receipt.external_id
    assert copy["flags"] == ["\\Seen"]


async def test_a_provider_that_keeps_copies_gets_no_second_one(mailbox):
    mailbox.control("settings", keeps_copies=True)
    await mailbox.connector().send(outbound())
    assert len(mailbox.folder(SENT)) == 1


async def test_a_copy_that_fails_does_not_fail_the_letter(mailbox):
    mailbox.fault("imap_auth", count=None)
    receipt = await mailbox.connector().send(outbound())
    assert receipt.external_id
    assert len(mailbox.received()) == 1


async def test_an_answer_to_one_letter_names_it(mailbox):
    message = outbound(reply_to="<a@b>", payload={"references": ["<a@b>", "<z@b>"]})
    await mailbox.connector().send(message)
    headers = mailbox.received()[0]["headers"]
    assert headers["In-Reply-To"] == "<a@b>"
    assert headers["References"] == "<z@b> <a@b>"


async def test_references_stay_within_twenty(mailbox):
    known = [f"<{number}@example.com>" for number in range(60)]
    await mailbox.connector().send(outbound(payload={"references": known}))
    chain = mailbox.received()[0]["headers"]["References"].split()
    assert len(chain) == 20
    assert chain[-1] == "<59@example.com>"


async def test_files_go_with_their_names(mailbox, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-1.4")
    file = OutboundAttachment("file", "Прайс-лист.pdf", "application/pdf", path)
    await mailbox.connector().send(outbound(attachments=(file,)))
    assert mailbox.received()[0]["files"] == ["Прайс-лист.pdf"]


async def test_too_much_for_one_letter_is_refused_before_anything_is_sent(
    mailbox, tmp_path, monkeypatch
):
    monkeypatch.setattr(composing, "MOST_FILE_BYTES", 10)
    path = tmp_path / "x"
    path.write_bytes(b"x" * 6)
    files = tuple(OutboundAttachment("file", f"{n}.bin", "", path) for n in range(2))
    error = await refused(mailbox.connector().send(outbound(attachments=files)))
    assert (error.error_class, error.words) == ("bad_content", errors.FILES_TOO_LARGE)
    assert mailbox.received() == []


def test_headers_cannot_be_smuggled_in(mailbox):
    message = outbound(
        payload={"subject": "Hi\r\nBcc: all@example.com", "references": ["<a@b>\r\nX-Evil: 1"]}
    )
    letter, recipients = composing.compose(mailbox.connector(sender_name="A\nB").config, message)
    written = message_from_string(letter.as_string(), policy=policy.default)
    assert written["Bcc"] is None
    assert written["X-Evil"] is None
    assert recipients == ["maria@example.com"]


def test_every_attempt_is_the_same_letter(mailbox):
    config = mailbox.connector().config
    first, again = (composing.compose(config, outbound())[0] for _ in range(2))
    assert first["Message-ID"] == again["Message-ID"]


def test_markup_of_a_text_cannot_run(mailbox):
    text = '<img src=x onerror=alert(1)> & "x"'
    entities = [{"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(1)"}]
    letter, _ = composing.compose(mailbox.connector().config, outbound(text, entities=entities))
    page = letter.get_body(("html",)).get_content()
    assert "<img" not in page
    assert "javascript" not in page


def test_the_plain_part_tells_the_addresses_behind_words(mailbox):
    text = "\N{WAVING HAND SIGN} All prices, delivery: https://sever.example/way, old"
    links = [
        ("All prices", "https://sever.example/prices"),
        ("All", "https://sever.example/all"),
        ("delivery", "https://sever.example/way"),
        ("old", "javascript:alert(1)"),
    ]
    entities = [
        {"type": "text_link", "offset": text.index(words) + 1, "length": len(words), "url": url}
        for words, url in links
    ]
    letter, _ = composing.compose(mailbox.connector().config, outbound(text, entities=entities))
    assert letter.get_body(("plain",)).get_content().strip() == (
        "\N{WAVING HAND SIGN} All (https://sever.example/all) prices (https://sever.example/prices),"
        " delivery: https://sever.example/way, old"
    )


@pytest.mark.parametrize(
    ("message", "error_class", "words"),
    [
        (outbound(""), "bad_content", errors.EMPTY),
        (outbound(chat_id="nobody"), "recipient_gone", errors.WRONG_ADDRESS),
        (outbound(payload={"cc": ["x"]}), "bad_content", errors.WRONG_COPY),
    ],
)
async def test_a_letter_that_cannot_be_written(mailbox, message, error_class, words):
    error = await refused(mailbox.connector().send(message))
    assert (error.error_class, error.words, error.maybe_sent) == (error_class, words, False)


@pytest.mark.parametrize(
    ("kind", "code", "text", "error_class", "words"),
    [
        ("smtp_rcpt", 550, "5.1.1 No such user", "recipient_gone", errors.NO_RECIPIENT),
        ("smtp_rcpt", 551, "User not local", "recipient_gone", errors.NO_RECIPIENT),
        ("smtp_rcpt", 553, "Mailbox name not allowed", "recipient_gone", errors.NO_RECIPIENT),
        ("smtp_rcpt", 550, "5.2.1 Disabled", "recipient_gone", errors.MAILBOX_DISABLED),
        ("smtp_rcpt", 552, "5.2.2 Mailbox full", "bad_content", errors.MAILBOX_FULL),
        ("smtp_rcpt", 450, "4.2.0 Greylisted", "transient", errors.GREYLISTED),
        ("smtp_rcpt", 451, "4.7.1 Try later", "transient", errors.GREYLISTED),
        ("smtp_rcpt", 450, "4.2.1 Rate limit exceeded", "rate", errors.QUOTA),
        ("smtp_mail", 421, "4.3.2 Shutting down", "transient", errors.UNAVAILABLE),
        ("smtp_mail", 452, "4.3.1 Insufficient storage", "rate", errors.QUOTA),
        ("smtp_mail", 553, "5.7.1 Sender not owned", "bad_content", errors.POLICY),
        ("smtp_mail", 550, "5.1.8 Bad sender", "bad_content", errors.SENDER_REFUSED),
        ("smtp_data", 552, "Too big", "bad_content", errors.TOO_LARGE),
        ("smtp_data", 554, "Spam", "bad_content", errors.POLICY),
        ("smtp_data", 550, "5.7.1 Spam", "bad_content", errors.POLICY),
        ("smtp_data", 451, "4.3.0 Try later", "transient", errors.GREYLISTED),
        ("smtp_data", 500, "What?", "bad_content", errors.REFUSED),
    ],
)
async def test_refusals_of_smtp_have_a_class_and_words(
    mailbox, kind, code, text, error_class, words
):
    mailbox.fault(kind, code=code, text=text)
    error = await refused(mailbox.connector().send(outbound()))
    assert (error.error_class, error.words, error.maybe_sent) == (error_class, words, False)
    assert (error.retry_after is not None) == (error_class == "rate")
    assert mailbox.received() == []


async def test_a_refused_copy_keeps_the_letter_back(mailbox):
    mailbox.fault("smtp_rcpt", count=1, code=250, text="OK")
    mailbox.fault("smtp_rcpt", code=550, text="5.1.1 No such user")
    message = outbound(payload={"cc": ["gone@example.net"]})
    error = await refused(mailbox.connector().send(message))
    assert (error.error_class, error.words) == ("bad_content", errors.CC_REFUSED)
    assert error.detail == "gone@example.net"


async def test_a_refused_password_stops_the_channel(mailbox):
    mailbox.fault("smtp_auth", count=None)
    error = await refused(mailbox.connector().send(outbound()))
    assert error.error_class == "channel_auth"


async def test_a_break_before_the_letter_is_no_doubt(mailbox):
    mailbox.fault("smtp_mail", code=421, text="4.3.2 Bye")
    error = await refused(mailbox.connector().send(outbound()))
    assert error.maybe_sent is False


@pytest.mark.parametrize("kind", ["drop_after_data", "hang_after_data"])
async def test_a_break_after_the_letter_leaves_it_perhaps_sent(mailbox, kind, monkeypatch):
    monkeypatch.setattr(sending, "CALL_SECONDS", 0.5)
    mailbox.fault(kind, seconds=2)
    error = await refused(mailbox.connector().send(outbound()))
    assert (error.error_class, error.words) == ("transient", errors.MAYBE_SENT)
    assert error.maybe_sent is True
    assert len(mailbox.received()) == 1


@pytest.mark.parametrize("kind", ["drop_before_data", "drop_in_letter", "hang_in_letter"])
async def test_a_letter_whose_end_never_left_is_no_doubt(mailbox, kind):
    mailbox.fault(kind, seconds=2)
    client = await sending.log_in(mailbox.connector().config)
    await client.mail(mailbox.address)
    await client.rcpt("maria@example.com")
    transmission = Transmission(client, 0.3)
    with pytest.raises((SMTPException, OSError, TimeoutError)):
        # More than the sockets of both sides hold.
        await transmission.run(bytes(12 * 1024 * 1024))
    client.close()
    assert not transmission.is_complete
    assert mailbox.received() == []


async def test_a_connection_that_breaks_before_the_letter_is_no_doubt(mailbox):
    mailbox.fault("drop_before_data")
    error = await refused(mailbox.connector().send(outbound()))
    assert (error.error_class, error.words) == ("transient", errors.UNAVAILABLE)
    assert error.maybe_sent is False


async def test_lines_that_begin_with_a_dot_arrive_as_they_are(mailbox):
    await mailbox.connector().send(outbound("Раз\n.\n..два\n.три"))
    assert mailbox.received()[0]["text"] == "Раз\n.\n..два\n.три\n"
