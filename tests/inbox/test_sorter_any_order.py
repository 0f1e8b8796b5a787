"""Whatever the order, the doubles and the damage: the end is the same, and nothing stops."""

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest

from channels_connectors.types import (
    InboundAttachment,
    InboundDelete,
    InboundEdit,
    InboundReaction,
    InboundStatus,
    Person,
)
from events.models import Event, WorkspaceCounter
from inbox.models import (
    Attachment,
    Conversation,
    InboundEnvelope,
    Message,
    PendingReference,
    Reaction,
)
from inbox.parts import with_parts
from tests.cast import make_channel
from tests.inbox.scripted import MARIA, deliver_items, words
from tests.inbox.sorting import NOON, deliver, said, sort, texts

pytestmark = pytest.mark.django_db(transaction=True)

PAYLOADS = sorted(
    (Path(__file__).parent.parent / "channels_connectors/telegram/payloads").glob("*.json")
)
IVAN = Person("ivan", "Ivan")


def at(seconds: float):
    return NOON + timedelta(seconds=seconds)


def story():
    """News of two chats; every part of it says when it happened."""
    photo = InboundAttachment("image", {"file_id": "photo-of-the-sofa"})
    return [
        words("one"),
        words("two", id="m2", after=2, reply_to="m1"),
        words("three", id="m3", after=4, kind="image", attachments=(photo,), group_key="album"),
        words("four", id="m4", after=4, order=1, reply_to="m3", group_key="album"),
        words("five", id="m5", after=6),
        words("Hi", id="i1", after=3, chat="ivan", person=IVAN),
        InboundEdit("maria", "m1", at(10), "one!"),
        InboundEdit("maria", "m1", at(11), "one!!"),
        InboundEdit("maria", "m5", at(12), "five!"),
        InboundEdit("maria", "m3", at(12), "three!", attachments=(photo,)),
        InboundDelete("maria", ("m2", "m4"), at(20)),
        InboundReaction("maria", "m1", MARIA, ("👍",), at(5)),
        InboundReaction("maria", "m1", MARIA, ("🔥",), at(6)),
        InboundReaction("maria", "m1", IVAN, ("👍",), at(5)),
        InboundReaction("maria", "m1", IVAN, (), at(7)),
        InboundStatus("ours", "delivered", at(8)),
        InboundStatus("ours", "read", at(9)),
        InboundStatus("ours", "sent", at(7)),
    ]


def outcome():
    """All that the house knows in the end."""
    names = dict(Message.objects.values_list("id", "external_id"))
    return {
        "messages": [
            (
                m.external_id, m.text, m.sent_at, m.status, m.edited_at, m.deleted_at, m.group_key,
                names.get(m.reply_to_id),
            )
            for m in Message.objects.in_order()
        ],
        "conversations": sorted(
            (
                c.identity.external_id, c.contact.name, c.status, c.unread_count, c.waiting_since,
                c.last_message_text, c.last_message_kind, c.last_activity_at, c.customer_read_at,
            )
            for c in Conversation.objects.select_related("identity", "contact")
        ),
        "reactions": sorted(
            (names[r.message_id], r.person, r.emojis) for r in Reaction.objects.all()
        ),
        "files": [(names[a.message_id], a.reference) for a in Attachment.objects.all()],
        "waiting": PendingReference.objects.count(),
    }  # fmt: skip


def run(acme, channel, items, splits):
    """Tell the items in batches that end at `splits`."""
    for first, last in zip([0, *splits], [*splits, len(items)], strict=True):
        with acme.scope():
            for item in items[first:last]:
                deliver_items(channel, item)
        sort()


def prepare(acme, scripted):
    """Our own message in Maria's chat, sent before everything else."""
    with acme.scope():
        deliver_items(scripted, words("zero", id="m0", after=-60))
    sort()
    with acme.scope():
        Message.objects.create(
            conversation=Conversation.objects.get(), channel=scripted, direction="outgoing",
            text="Welcome", external_id="ours", status="sent", sent_at=at(-30),
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_every_order_ends_the_same(acme, scripted, seed, expected):
    rng = random.Random(seed)
    items = story()
    items += rng.choices(items, k=8)
    rng.shuffle(items)
    prepare(acme, scripted)
    run(acme, scripted, items, sorted(rng.sample(range(1, len(items)), rng.randint(0, 6))))
    with acme.scope():
        assert outcome() == expected
        assert set(InboundEnvelope.objects.values_list("state", flat=True)) == {"done"}
        seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, WorkspaceCounter.objects.get().seq + 1))


@pytest.fixture
def expected():
    """What the story comes to, written down."""
    edited = {"m1": ("one!!", at(11)), "m3": ("three!", at(12)), "m5": ("five!", at(12))}
    said_in_order = [
        ("m0", "zero", -60, ""), ("ours", "Welcome", -30, ""), ("m1", "one", 0, ""),
        ("m2", "two", 2, ""), ("i1", "Hi", 3, ""), ("m3", "three", 4, "album"),
        ("m4", "four", 4, "album"), ("m5", "five", 6, ""),
    ]  # fmt: skip
    return {
        "messages": [
            (
                name, edited.get(name, (text, None))[0], at(after),
                "read" if name == "ours" else "received", edited.get(name, ("", None))[1],
                at(20) if name in {"m2", "m4"} else None, group,
                {"m2": "m1", "m4": "m3"}.get(name),
            )
            for name, text, after, group in said_in_order
        ],
        "conversations": [
            ("ivan", "Ivan", "new", 1, at(3), "Hi", "text", at(3), None),
            ("maria", "Maria", "new", 6, at(-60), "five!", "text", at(6), at(9)),
        ],
        "reactions": [("m1", "ivan", ""), ("m1", "maria", "🔥")],
        "files": [("m3", {"file_id": "photo-of-the-sofa"})],
        "waiting": 0,
    }  # fmt: skip


def damaged(rng: random.Random, body: bytes) -> bytes:
    """A real payload after an accident: cut, or with changed bytes, or with another value."""
    accident = rng.choice(["none", "cut", "bytes", "value", "value", "value"])
    if accident == "cut":
        return body[: rng.randrange(len(body))]
    if accident == "bytes":
        changed = bytearray(body)
        for _ in range(rng.randint(1, 5)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)
    if accident == "value":
        document = json.loads(body)
        _spoil(rng, document)
        return json.dumps(document).encode()
    return body


def _spoil(rng: random.Random, node) -> None:
    """Replace something somewhere in a document."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(node[key], dict | list) and rng.random() < 0.8:
            node = node[key]
            continue
        node[key] = rng.choice(
            [None, "", "x" * 300, "\0", "\ud800", 0, -1, 2**63, 2**200, 1e308, True, [], {}, [[]],
             {"id": 1}, "1", [None], {"a": "\0"}]
        )  # fmt: skip
        return


@pytest.mark.parametrize("seed", range(6))
def test_damaged_updates_are_stored_or_parked_and_keep_nobody(acme, seed):
    rng = random.Random(seed)
    bodies = [path.read_bytes() for path in PAYLOADS]
    assert len(bodies) > 40
    mixed = [damaged(rng, rng.choice(bodies)) for _ in range(150)]
    with acme.scope():
        channel = make_channel(credentials={"token": "42:A"})
        for index, body in enumerate(mixed):
            deliver(channel, body)
            if index % 30 == 0:
                person = {"id": 900_000 + index, "first_name": "Fine"}
                deliver(channel, said(f"fine {index}", person=person, after=index))
    sort()
    with acme.scope():
        assert not InboundEnvelope.objects.filter(state="new").exists()
        fine = Message.objects.filter(conversation__contact__name="Fine")
        assert texts(fine) == [f"fine {index}" for index in range(0, 150, 30)]
        # Whatever got in can be read by every part of the house.
        for message in with_parts(Message.objects.all()):
            json.dumps([message.text, message.entities, message.payload, message.referral])
