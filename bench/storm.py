"""A storm: many messages through the sandbox's Telegram, each delivered one to three times and
shuffled, while processes die and Redis forgets everything.

    storm = Storm(sandbox_url, bot_token, database_url, range(first_chat, last_chat + 1))
    storm.greet()                                 # opens the conversations
    storm.blow(5000, [kill_sorter, flush_redis])  # the troubles come one after another
    storm.check()                                 # nothing lost, nothing doubled, all in order

`bench.chaos` makes the big one, `tests/e2e/test_chaos.py` a small one.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import psycopg

SYSTEM_ROLE = "tandem_system"
DUPLICATES = 3

_OURS = """
    from inbox_message m
    join inbox_conversation c on c.id = m.conversation_id and c.workspace_id = m.workspace_id
    join contacts_contactidentity i on i.id = c.identity_id and i.workspace_id = c.workspace_id
    where i.external_id = any(%s) and m.direction = 'incoming'
"""
_JOURNAL = """
    select count(*), max(seq), (select seq from events_workspacecounter k where k.workspace_id = %s)
    from events_event where workspace_id = %s
"""
_TOLD = """
    select count(*), count(distinct subject_id) from events_event
    where action = 'message.received' and conversation_id = any(%s)
"""


class Storm:
    """The messages of some chats: what was sent, and what the product has of it."""

    def __init__(self, sandbox: str, token: str, database: str, chats: range) -> None:
        self.chats = chats
        self.sent: dict[str, list[str]] = {str(chat): [] for chat in chats}
        self.deliveries = 0
        self._http = httpx.Client(
            base_url=f"{sandbox}/telegram/{token}/control/", timeout=60, trust_env=False
        )
        self._database = psycopg.connect(
            database, options=f"-c role={SYSTEM_ROLE}", autocommit=True
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
        self._database.close()

    def greet(self, seconds: float = 30) -> None:
        """One message in each chat, and wait until all have a conversation."""
        self._send(len(self.chats), "Привет", connections=4)
        self.await_stored(seconds)

    def blow(
        self,
        messages: int,
        troubles: Sequence[Callable[[], Any]],
        *,
        connections: int = 8,
        seconds: float = 300,
    ) -> None:
        """Send so many messages; the troubles come evenly spread over what is stored of them.

        Returns when all is stored. Raises AssertionError when that takes longer than `seconds`.
        """
        before = self.stored()
        self._send(messages, "Сообщение", duplicates=DUPLICATES, connections=connections)
        for number, trouble in enumerate(troubles, start=1):
            self._await(before + number * messages // (len(troubles) + 1), seconds)
            trouble()
        self.await_stored(seconds)

    def await_stored(self, seconds: float) -> None:
        """Wait until all deliveries were taken and as many messages as were sent are stored."""
        deadline = time.monotonic() + seconds
        while not (state := self._control("GET")["result"])["done"]:
            assert time.monotonic() < deadline, f"the platform could not deliver: {state}"
            time.sleep(0.05)
        self.deliveries += state["deliveries"]
        self._await(sum(map(len, self.sent.values())), seconds)

    def stored(self) -> int:
        """Messages of the chats in the database."""
        return self._rows(f"select count(*) {_OURS}", list(self.sent))[0][0]

    def found(self) -> dict[str, list[str]]:
        """Texts by chat, in the order of the screens."""
        rows = self._rows(
            f"select i.external_id, m.text {_OURS} order by m.sent_at, m.platform_order, m.id",
            list(self.sent),
        )
        texts: dict[str, list[str]] = {chat: [] for chat in self.sent}
        for chat, text in rows:
            texts[chat].append(text)
        return texts

    def check(self) -> None:
        """Raise AssertionError unless everything is there once, in order, and was told once."""
        found = self.found()
        for chat, texts in self.sent.items():
            assert sorted(found[chat]) == sorted(texts), f"chat {chat} lost or doubled something"
            assert found[chat] == texts, f"chat {chat} is out of order"
        places = self._rows(f"select distinct c.workspace_id, c.id {_OURS}", list(self.sent))
        assert len(places) == len(self.chats), "a chat has more than one conversation"
        (workspace_id,) = {workspace_id for workspace_id, _ in places}
        count, last, counter = self._rows(_JOURNAL, workspace_id, workspace_id)[0]
        assert count == last == counter, f"the journal has gaps: {count} rows up to {last}"
        told, once = self._rows(_TOLD, [conversation_id for _, conversation_id in places])[0]
        assert told == once == sum(map(len, self.sent.values())), f"{told} told, {once} differ"

    def conversations(self) -> dict[str, str]:
        """Chat -> the id of its conversation."""
        rows = self._rows(f"select distinct i.external_id, c.id::text {_OURS}", list(self.sent))
        return dict(rows)

    def _send(self, messages: int, words: str, **facts: Any) -> None:
        begun = self._control(
            "POST",
            messages=messages,
            chats=len(self.chats),
            first_customer=self.chats[0],
            text=words,
            shuffled=True,
            seed=messages,
            **facts,
        )
        for chat, _, text in begun["result"]["ledger"]:
            self.sent[str(chat)].append(text)

    def _control(self, verb: str, **facts: Any) -> Any:
        answer = self._http.request(verb, "bulk", json=facts or None)
        assert answer.is_success, answer.text
        return answer.json()

    def _await(self, count: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (stored := self.stored()) < count:
            assert time.monotonic() < deadline, f"only {stored} of {count} were stored"
            time.sleep(0.02)

    def _rows(self, query: str, *values: Any) -> list[Any]:
        return self._database.execute(query, values).fetchall()


def read_thread(page: Any) -> list[str]:
    """All texts of the conversation that a browser's page shows, from its first message on."""
    page.bring_to_front()  # what lies behind draws once a second, and loads as slowly
    while page.locator(".thread__older").count():
        page.evaluate("document.querySelector('.thread__older')?.scrollIntoView()")
        page.wait_for_timeout(20)
    return page.locator(".message__text").all_inner_texts()
