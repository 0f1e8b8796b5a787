"""What customers thought of their talks: some were asked, some of them answered."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from demo.year import plan
from demo.year.rows import Rows
from inbox.models import Conversation, Message, Rating, RatingRule

# Questions go out an hour later, so that nobody who tries the demo is surprised by one.
DELAY: Final = 60  # minutes
_ASKED, _ANSWERED, _EXPLAINED = 0.7, 0.42, 0.3
_SCORES: Final = (1, 2, 3, 4, 5)
# The longer somebody waited, the less they liked it: up to so many minutes, the weights of marks.
_BY_WAIT: Final = (
    (10, (1, 1, 4, 24, 70)),
    (45, (2, 4, 11, 35, 48)),
    (150, (8, 10, 22, 34, 26)),
    (None, (22, 20, 26, 20, 12)),
)
_GOOD: Final = ("Быстро и по делу", "Всё объяснили, спасибо", "Помогли выбрать ткань")
_BAD: Final = ("Долго ждали ответа", "Так и не перезвонили", "Ответили не на тот вопрос")


def rate(rows: Rows, now: datetime) -> list[Rating]:
    """Write the ratings of all talks, and the rule by which customers are asked."""
    RatingRule.objects.create(is_on=True, delay_minutes=DELAY)
    ratings = list(_ratings(rows, now))
    Rating.objects.bulk_create(ratings, batch_size=1000)
    return ratings


def _ratings(rows: Rows, now: datetime) -> Iterator[Rating]:
    dice = random.Random(plan.DAYS)
    conversations = {one.pk: one for one in rows.conversations}
    # Three messages a talk: asked, answered, thanked.
    for place in range(0, len(rows.messages), 3):
        asked, replied, thanked = rows.messages[place : place + 3]
        if dice.random() < _ASKED:
            rating = _rating(conversations[asked.conversation_id], asked, replied, place, dice)
            rating.asked_at = thanked.sent_at + timedelta(hours=dice.uniform(1, 5))
            rating.due_at = rating.asked_at
            rating.expires_at = rating.asked_at + timedelta(days=1)
            rating.answered_at = (
                rating.asked_at + timedelta(minutes=dice.lognormvariate(2.5, 1))
                if rating.score
                else None
            )
            if (rating.answered_at or rating.asked_at) < now:
                yield rating


def _rating(
    conversation: Conversation, asked: Message, replied: Message, place: int, dice: random.Random
) -> Rating:
    waited = (replied.sent_at - asked.sent_at).total_seconds() / 60
    weights = next(one for most, one in _BY_WAIT if most is None or waited <= most)
    score = dice.choices(_SCORES, weights)[0] if dice.random() < _ANSWERED else None
    comment = ""
    if score and dice.random() < _EXPLAINED:
        comment = dice.choice(_GOOD if score > 3 else _BAD)
    return Rating(
        conversation=conversation, contact_id=conversation.contact_id,
        channel_id=conversation.channel_id, agent_id=replied.author_id,
        team_id=conversation.team_id, closed_seq=place, score=score, comment=comment,
        state=Rating.State.ANSWERED if score else Rating.State.ASKED,
    )  # fmt: skip
