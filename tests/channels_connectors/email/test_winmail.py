"""winmail.dat: files that Outlook has packed together."""

import struct
from email.message import EmailMessage

from channels_connectors.email import winmail
from tests.channels_connectors.email.conftest import kept

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)
BODY, TITLE, DATA, RENDERING = 0x2800C, 0x18010, 0x6800F, 0x69002


def attribute(level, name, content):
    """One of TNEF's: level, name with its type, length, content, checksum (MS-OXTNEF 2.1.3)."""
    head = struct.pack("<BII", level, name, len(content))
    return head + content + struct.pack("<H", sum(content) % 65536)


def packed(files, text=b""):
    """A winmail.dat with these `(name, content)`."""
    parts = [SIGNATURE]
    if text:
        parts.append(attribute(1, BODY, text + b"\0"))
    for name, content in files:
        parts += [
            attribute(2, RENDERING, b"\1\0" + b"\0" * 12),
            attribute(2, TITLE, name + b"\0"),
            attribute(2, DATA, content),
        ]
    return b"".join(parts)


def letter_with(content, text="See the files.", mime="ms-tnef", name="winmail.dat"):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "maria@example.com", "shop@example.org", "Files"
    made["Message-ID"] = "<1@example.com>"
    if text:
        made.set_content(text)
    made.add_attachment(content, maintype="application", subtype=mime, filename=name)
    return kept(made.as_bytes())


FILES = [(b"plan.pdf", b"%PDF-1.4 x"), (b"photo.png", b"\x89PNG\r\n\x1a\n" + b"x" * 20_000)]


def test_its_files_are_the_letters_files(connector):
    raw = letter_with(packed(FILES))
    (found,) = connector.parse(raw)
    assert [(one.name, one.kind, one.size) for one in found.attachments] == [
        ("plan.pdf", "file", 10),
        ("photo.png", "image", 20_008),
    ]
    for attachment, (_, content) in zip(found.attachments, FILES, strict=True):
        got = connector.extract(raw, attachment.reference, 10**6)
        assert (got.path.read_bytes(), got.name) == (content, attachment.name)
        got.path.unlink()


def test_a_type_that_tells_nothing_is_seen_by_the_name(connector):
    (found,) = connector.parse(letter_with(packed(FILES[:1]), mime="octet-stream"))
    assert [one.name for one in found.attachments] == ["plan.pdf"]


def test_words_that_lie_only_inside_are_read(connector):
    (found,) = connector.parse(letter_with(packed(FILES[:1], "Смотрите план".encode()), text=""))
    assert found.text == "Смотрите план"


def test_what_is_broken_stays_as_it_came(connector):
    whole = packed(FILES)
    for content in (b"", b"junk" * 50, SIGNATURE, whole[:30]):
        (found,) = connector.parse(letter_with(content))
        assert [one.name for one in found.attachments] == ["winmail.dat"]
    for end in range(0, len(whole), 997):
        winmail.unpack(whole[:end])
