"""What beat asks for, and how often (in seconds). Sweepers find their work by SQL."""

from typing import Any

# A sweep that no worker took in time is needless: the next one does its work. Without this they
# would pile up behind a busy worker.
_ONE_OF_MANY = {"expires": 5}

SCHEDULE: dict[str, dict[str, Any]] = {
    "send what is due": {
        "task": "inbox.delivery.tasks.sweep_outbox",
        "schedule": 1.0,
        "options": _ONE_OF_MANY,
    },
    "let subscriptions catch up": {
        "task": "events.tasks.sweep_subscriptions",
        "schedule": 1.0,
        "options": _ONE_OF_MANY,
    },
    "ask platforms how their channels are": {
        "task": "inbox.health.tasks.check_channels",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "ask for ratings": {
        "task": "inbox.tasks.ask_for_ratings",
        "schedule": 5.0,
        "options": _ONE_OF_MANY,
    },
    "remind of tasks": {
        "task": "crm.tasks.sweep_reminders",
        "schedule": 5.0,
        "options": _ONE_OF_MANY,
    },
    "let unanswered refusals of leads count as agreed": {
        "task": "crm.tasks.lapse_refusals",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "take people through series": {
        "task": "marketing.tasks.sweep_series",
        "schedule": 2.0,
        "options": _ONE_OF_MANY,
    },
    "add facts up for reports": {
        "task": "analytics.tasks.add_up_facts",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "ask advertising systems for spend": {
        "task": "analytics.tasks.fetch_spend",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "deliver reports": {
        "task": "analytics.tasks.deliver_reports",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "tell conversions back": {
        "task": "analytics.tasks.send_conversions",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "put weeks together": {
        "task": "analytics.tasks.make_digests",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "watch metrics": {
        "task": "analytics.tasks.watch_metrics",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "write to members": {
        "task": "events.tasks.send_letters",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "forget old notifications": {
        "task": "events.tasks.forget_notifications",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
    "forget old idempotency keys": {
        "task": "workspaces.tasks.forget_old_idempotency_keys",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "forget files that were never sent": {
        "task": "inbox.tasks.forget_drafts",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "forget what visitors uploaded and never sent": {
        "task": "livechat.tasks.forget_old_uploads",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "go on with jobs that nobody works on": {
        "task": "contacts.tasks.sweep_jobs",
        "schedule": 5.0,
        "options": _ONE_OF_MANY,
    },
    "forget exports that have expired": {
        "task": "contacts.tasks.forget_expired",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "fetch files that are due": {
        "task": "inbox.media.tasks.sweep_attachments",
        "schedule": 5.0,
        "options": _ONE_OF_MANY,
    },
    "forget envelopes that are sorted": {
        "task": "inbox.tasks.forget_envelopes",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "forget news of messages that never came": {
        "task": "inbox.tasks.forget_references",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "forget old notices of platforms": {
        "task": "inbox.tasks.forget_notices",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "look at message templates": {
        "task": "inbox.tasks.sync_all_templates",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
}
