"""What a platform's answer means for a channel. Pure.

A channel's `health` holds the platform's own words side by side (`pending`, `last_error`, what
notices brought), `notes` of the connecting, `secret_made_at` where it made a secret that the
other side must be told, and under `check` what we made of them: `warning` (a msgid), `detail`,
`level`, `failures` in a row, `recovered_at` and `relapses`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_noop

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel

CHECK_EVERY: Final = timedelta(minutes=3)
# One answer that fails to come is a hiccup, the third in a row a state.
TELL_AFTER: Final = 3
# Back and broken again within this time: the next try waits twice as long.
RELAPSE: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(hours=6)
# A new secret is handed over and put in place by people.
HANDING_OVER: Final = timedelta(minutes=30)
# Keys of `health` that are not the platform's.
OURS: Final = ("ok", "notes", "check", "setup", "reason", "since", "secret_made_at")

TAKEN: Final = gettext_noop(
    "Another program’s address stands in the place of ours, so new messages do not come. "
    "Connect the address again."
)
UNDELIVERED: Final = gettext_noop("The platform cannot deliver new messages to us.")
UNWELL: Final = gettext_noop("The platform says that something is wrong with this account.")


@dataclass(frozen=True)
class Verdict:
    """The state to be in (None = as before), and the channel's `health` from now on."""

    status: str | None
    reason: str
    health: dict[str, Any]

    @property
    def warning(self) -> str:
        return str(self.health["check"].get("warning") or "")

    @property
    def level(self) -> str:
        return str(self.health["check"].get("level") or "info")


def judge(channel: Channel, answer: dict[str, Any] | ConnectorError, now: datetime) -> Verdict:
    """What becomes of the channel after `check()` gave this."""
    health = dict(channel.health)
    check = dict(health.get("check") or {})
    if isinstance(answer, ConnectorError):
        return _refused(channel, answer, health, check, now)
    check.pop("failures", None)
    is_ok = bool(answer.get("ok"))
    facts = {name: value for name, value in answer.items() if name not in OURS}
    check["warning"], check["detail"], check["level"] = (
        ("", "", "info") if is_ok else _trouble(facts)
    )
    health = {**health, **facts, "ok": is_ok, "check": check}
    # A platform that tells of our address has taken our credentials to do so.
    accepts = is_ok or "webhook_is_ours" in facts
    if channel.status == Channel.Status.CONNECTING and is_ok and _is_called(channel):
        return Verdict(Channel.Status.ACTIVE, "", health)
    if channel.status == Channel.Status.BROKEN and accepts:
        return _recovered(channel, health, check, now)
    return Verdict(None, "", health)


def _refused(
    channel: Channel,
    error: ConnectorError,
    health: dict[str, Any],
    check: dict[str, Any],
    now: datetime,
) -> Verdict:
    if error.error_class == "channel_auth" and _is_handing_over(channel, now):
        return Verdict(None, "", {**health, "check": check})
    if error.error_class == "channel_auth":
        check |= {"warning": "", "detail": error.detail, "level": "critical", "failures": 0}
        health |= {"ok": False, "check": check}
        if channel.can_send:
            return Verdict(Channel.Status.BROKEN, error.msgid, health)
        if channel.status == Channel.Status.PAUSED:
            check["warning"] = error.msgid
        return Verdict(None, "", health)
    check["failures"] = int(check.get("failures") or 0) + 1
    if check["failures"] >= TELL_AFTER:
        check |= {"warning": error.msgid, "detail": error.detail, "level": "warning"}
        health["ok"] = False
    return Verdict(None, "", {**health, "check": check})


def _is_handing_over(channel: Channel, now: datetime) -> bool:
    """Whether the other side may not have been told our new secret yet."""
    made_at = channel.health.get("secret_made_at")
    return bool(made_at) and now - datetime.fromisoformat(made_at) < HANDING_OVER


def _recovered(
    channel: Channel, health: dict[str, Any], check: dict[str, Any], now: datetime
) -> Verdict:
    """The account answers again. One that keeps falling back is tried ever less often: its check
    passes and its sends do not."""
    before = check.get("recovered_at")
    relapses = int(check.get("relapses") or 0)
    if before and channel.status_since - datetime.fromisoformat(before) < RELAPSE:
        wait = min(CHECK_EVERY * 2 ** min(relapses, 10), LONGEST_WAIT)
        if now - channel.status_since < wait:
            return Verdict(None, "", health)
        relapses += 1
    else:
        relapses = 0
    check |= {"recovered_at": now.isoformat(), "relapses": relapses}
    return Verdict(Channel.Status.ACTIVE, "", {**health, "check": check})


def _trouble(facts: dict[str, Any]) -> tuple[str, str, str]:
    """(words, detail, level) for an answer that is not ok."""
    told = str(facts.get("last_error") or "")[:300]
    level = "critical" if facts.get("webhook_is_ours") is False else "warning"
    if facts.get("words"):
        return str(facts["words"])[:300], told, level
    if facts.get("webhook_is_ours") is False:
        return TAKEN, "", level
    if "webhook_is_ours" in facts or "pending" in facts:
        return UNDELIVERED, told, "warning"
    # Connectors without an address of ours to judge say it in a sentence of their own.
    return told or UNWELL, "", level


def _is_called(channel: Channel) -> bool:
    """A polled channel's reader tells itself when it reads again."""
    return bool(channel.transport == Channel.Transport.WEBHOOK)
