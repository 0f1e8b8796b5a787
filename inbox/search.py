"""Finding a conversation by who it is with, or by the last thing said.

The operators behind ILIKE are not leakproof, so PostgreSQL uses no trigram index for them on a
table under row-level security. The search therefore asks a function that runs above it and looks
into the workspace in scope only; visibility is applied to what it returns.
"""

from uuid import UUID

from django.db import connection

FEWEST_DIGITS = 3


def matching_conversations(text: str) -> list[UUID]:
    """Ids of conversations whose contact or last message matches, of the workspace in scope.

    Names, phones and e-mails are searched everywhere, last messages among the most recent
    conversations. The viewer's rights are not considered here.
    """
    text = text.replace("\0", "").strip()
    digits = "".join(letter for letter in text if letter.isdigit())
    plain = _escaped(text)
    # One or two letters match the beginning only: a trigram index knows no shorter middle.
    pattern = f"%{plain}%" if len(text) > 2 else f"{plain}%"
    is_number = len(digits) >= FEWEST_DIGITS and not any(letter.isalpha() for letter in text)
    with connection.cursor() as cursor:
        cursor.execute(
            "select conversation_id from conversations_matching(%s, %s)",
            [pattern, f"%{_national(digits)}%" if is_number else ""],
        )
        return [row[0] for row in cursor.fetchall()]


def _national(digits: str) -> str:
    """Without a Russian trunk prefix: 8 921... is stored as +7921..., and both hold 921..."""
    return digits[1:] if len(digits) > FEWEST_DIGITS and digits[0] == "8" else digits


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
