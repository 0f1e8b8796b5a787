"""The stand-ins' memory: written between calls, read after a restart, quick with many chats."""

import asyncio
import json

import pytest

from sandbox import memory as memories
from sandbox.journal import Journal
from sandbox.max.storage import memory as max_memory
from sandbox.max.world import World as MaxWorld
from sandbox.memory import pieces
from sandbox.telegram.storage import memory
from sandbox.telegram.world import World
from sandbox.vk.chats import add_from_community
from sandbox.vk.methods.messages import by_id
from sandbox.vk.parameters import Parameters
from sandbox.vk.storage import memory as vk_memory
from sandbox.vk.world import World as VkWorld
from sandbox.whatsapp.world import World as WhatsAppWorld

TOKEN = "7000000077:AAF-memory-0123456789abcdefghijklmno"


def chats(world, count):
    bot = world.bot(TOKEN)
    for number in range(count):
        chat = world.private_chat(bot, 900_000 + number)
        chat.keep({"message_id": bot.next_message_id(), "text": f"№ {number}"})
    return bot


@pytest.mark.parametrize("depth", [0, 1, 4])
@pytest.mark.parametrize("value", [{}, [], {"a": [{"b": [{"c": {}}, []], "d": "ё"}], "e": None}])
def test_the_bits_are_the_json_of_the_whole(value, depth):
    assert json.loads("".join(pieces(value, depth))) == value


def test_an_iterator_becomes_a_list():
    assert json.loads("".join(pieces({"a": iter([1, 2]), "b": iter([])}, 2))) == {
        "a": [1, 2], "b": [],
    }  # fmt: skip


async def test_calls_are_answered_while_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(memories, "SLICE_SECONDS", 0)
    world = World(Journal(None), tmp_path)
    bot = chats(world, 50)
    saving = asyncio.create_task(memory.save_in_slices(world))
    turns = 0
    while not saving.done():
        await asyncio.sleep(0)
        turns += 1
        chats(world, 50 + turns % 5)
    assert turns > 50
    # What came in meanwhile is to be written yet.
    world.tell(bot, "message")
    assert world.changed
    await saving
    again = World(Journal(None), tmp_path)
    memory.load(again)
    assert len(again.bot(TOKEN).chats) >= 50


async def test_the_larger_it_is_the_more_seldom_it_is_written(tmp_path, monkeypatch):
    rests = []

    async def rest(seconds):
        rests.append(seconds)
        if len(rests) == 3:
            raise asyncio.CancelledError

    async def costly(self, world):
        return 3.0

    monkeypatch.setattr(memories.asyncio, "sleep", rest)
    monkeypatch.setattr(memories.Memory, "save_in_slices", costly)
    world = World(Journal(None), tmp_path)
    world.changed = True
    with pytest.raises(asyncio.CancelledError):
        await memory.save_for_ever(world)
    assert rests == [memories.SAVE_SECONDS, 60, 60]


def test_each_platform_finds_what_it_remembers_after_a_restart(tmp_path):
    max_world, vk_world = MaxWorld(Journal(None), tmp_path), VkWorld(Journal(None), tmp_path)
    dialog = max_world.bot("m" * 20).dialog(5)
    community = vk_world.community("v" * 20)
    message = add_from_community(vk_world, community, community.chat(7), {"text": "Hi"})
    max_memory.save(max_world)
    vk_memory.save(vk_world)
    max_world, vk_world = MaxWorld(Journal(None), tmp_path), VkWorld(Journal(None), tmp_path)
    max_memory.load(max_world)
    vk_memory.load(vk_world)
    assert max_world.bot("m" * 20).known_dialog(5).chat_id == dialog.chat_id
    assert max_world.bot("m" * 20).known_dialog(6) is None
    asked = Parameters({"message_ids": f"{message['id']},999"})
    found = by_id(vk_world, vk_world.community("v" * 20), asked, "")
    assert [one["text"] for one in found["items"]] == ["Hi"]


def test_a_whatsapp_number_is_a_person_at_once_and_an_id_one_of_those_known(tmp_path):
    world = WhatsAppWorld(Journal(None), tmp_path)
    person = world.find_person("+79990000001")
    assert world.find_person(person["user_id"]) is person
    assert world.find_person("RU.NOBODY") is None
    assert world.find_person("123") is None
