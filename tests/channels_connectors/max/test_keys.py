"""The keys by which a repeated update is known."""

import pytest

from channels_connectors.max.payloads import dedup_key
from tests.channels_connectors.max.recorded import ALL, CHAT, MID, document


def test_updates_have_keys_of_their_own():
    keys = {name: dedup_key(document(name)) for name in ALL}
    assert len(set(keys.values())) == len(ALL)
    assert all(key.isascii() and 0 < len(key) <= 150 for key in keys.values())
    assert keys["text"] == f"message_created:{MID}00000001:1795340041001"
    assert keys["removed"] == f"message_removed:{MID}00000001:1795340048000"
    assert keys["bot_stopped"] == f"bot_stopped:{CHAT}:810001:1795340050002"
    assert keys["callback"].startswith("message_callback:f9LH")


def test_a_repetition_has_the_key_of_the_first_time():
    again = document("text")
    again["message"]["sender"]["last_activity_time"] += 60_000
    assert dedup_key(again) == dedup_key(document("text"))
    edited_later = document("edited")
    edited_later["timestamp"] += 1
    assert dedup_key(edited_later) != dedup_key(document("edited"))


def test_a_forward_without_a_body_is_known_again_too():
    again = document("forward_without_body")
    again["message"]["sender"]["last_activity_time"] += 60_000
    assert dedup_key(again) == dedup_key(document("forward_without_body"))


def test_strange_ids_make_short_keys():
    strange = document("text")
    for mid in ("x" * 5000, "й", "a\nb", "", None, ["a"]):
        strange["message"]["body"]["mid"] = mid
        assert len(dedup_key(strange)) == 64
    for link in ("x", {"message": "x"}, {"message": None}):
        strange["message"] = {"body": None, "link": link}
        assert len(dedup_key(strange)) == 64
    assert len(dedup_key({"update_type": "dream"})) == 64
    for wrong in ({}, {"update_type": 1, "timestamp": 1}, [], None, "x"):
        with pytest.raises((TypeError, LookupError)):
            dedup_key(wrong)
