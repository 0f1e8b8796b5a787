"""The only list of what can happen. Past tense, `noun.verb`."""

CONTACT_CREATED = "contact.created"
CONTACT_UPDATED = "contact.updated"
CONTACT_MERGED = "contact.merged"  # two turned out to be one
CONTACT_UNMERGED = "contact.unmerged"  # and were two after all
CONTACT_BLOCKED = "contact.blocked"
CONTACT_UNBLOCKED = "contact.unblocked"
CONTACT_ERASURE_ASKED = "contact.erasure_asked"  # a person wished to be forgotten
CONTACT_ERASED = "contact.erased"  # and is
COMPANY_CREATED = "company.created"
COMPANY_UPDATED = "company.updated"
COMPANY_DELETED = "company.deleted"
CUSTOM_FIELD_CHANGED = "custom_field.changed"
DUPLICATE_FOUND = "duplicate.found"
DUPLICATE_DISMISSED = "duplicate.dismissed"
CONTACT_CONSENT_CHANGED = "contact.consent_changed"
TOUCH_RECORDED = "touch.recorded"
CONTACTS_IMPORTED = "contacts.imported"  # a chunk of a file's rows
CONTACTS_REMOVED = "contacts.removed"  # an import was taken back
JOB_STARTED = "job.started"  # work on many contacts: an import, an export, a change of many
JOB_FINISHED = "job.finished"
EXPORT_DOWNLOADED = "export.downloaded"

CONVERSATION_CREATED = "conversation.created"
CONVERSATION_ACCEPTED = "conversation.accepted"
CONVERSATION_ASSIGNED = "conversation.assigned"
CONVERSATION_ROUTED = "conversation.routed"
CONVERSATION_CLOSED = "conversation.closed"
CONVERSATION_REOPENED = "conversation.reopened"
CONVERSATION_READ = "conversation.read"
CONVERSATION_UNREAD = "conversation.unread"  # put back to be read again
CONVERSATION_SETTLED = "conversation.settled"  # no reply needed
CONVERSATION_MERGED = "conversation.merged"  # two turned out to be one chat: the one that stays
CONVERSATION_ABSORBED = "conversation.absorbed"  # and the one that is gone

MESSAGE_RECEIVED = "message.received"
MESSAGE_QUEUED = "message.queued"
MESSAGE_NOTED = "message.noted"
MESSAGE_SENT = "message.sent"
MESSAGE_DELIVERED = "message.delivered"
MESSAGE_READ = "message.read"
MESSAGE_FAILED = "message.failed"
MESSAGE_UNCERTAIN = "message.uncertain"
MESSAGE_EDITED = "message.edited"
MESSAGE_DELETED = "message.deleted"
MESSAGE_REACTED = "message.reacted"
MESSAGE_CHANGE_DELIVERED = "message.change_delivered"  # ours: an edit, a deletion, a reaction
MESSAGE_CHANGE_FAILED = "message.change_failed"
MESSAGE_CHANGE_DISCARDED = "message.change_discarded"  # a failed one that nobody tries again
ATTACHMENT_STORED = "attachment.stored"
ATTACHMENT_FAILED = "attachment.failed"

CHANNEL_CREATED = "channel.created"
CHANNEL_UPDATED = "channel.updated"
CHANNEL_STATUS_CHANGED = "channel.status_changed"
CHANNEL_NOTICED = "channel.noticed"  # the platform told something of the account
CHANNEL_TESTED = "channel.tested"  # the admin's first message came through
TEMPLATE_CHANGED = "template.changed"
TEMPLATE_REMOVED = "template.removed"
IDENTITY_REACHABILITY_CHANGED = "identity.reachability_changed"
IDENTITY_MOVED = "identity.moved"

DEAL_CREATED = "deal.created"
DEAL_UPDATED = "deal.updated"
DEAL_MOVED = "deal.moved"
DEAL_PLACED = "deal.placed"  # beside other cards of its stage
DEAL_WON = "deal.won"
DEAL_LOST = "deal.lost"
DEAL_REJECTED = "deal.rejected"  # it was not a lead
DEAL_REOPENED = "deal.reopened"
DEAL_ACCEPTED = "deal.accepted"  # sales took the lead on
PAYMENT_RECORDED = "payment.recorded"
PAYMENT_REMOVED = "payment.removed"
PIPELINE_CHANGED = "pipeline.changed"
PRODUCT_CHANGED = "product.changed"
DEAL_RULE_CHANGED = "deal_rule.changed"
BOOKS_CLOSED = "books.closed"
BOOKS_REOPENED = "books.reopened"
TASK_CREATED = "task.created"
TASK_UPDATED = "task.updated"
TASK_DONE = "task.done"
TASK_REOPENED = "task.reopened"
TASK_DELETED = "task.deleted"
TASK_REMINDED = "task.reminded"
GOAL_CHANGED = "goal.changed"

MEMBER_JOINED = "member.joined"
MEMBER_CHANGED = "member.changed"
MEMBER_REMOVED = "member.removed"
MEMBER_CAME_ONLINE = "member.came_online"
TEAM_CHANGED = "team.changed"
INVITATION_SENT = "invitation.sent"
INVITATION_REVOKED = "invitation.revoked"
API_TOKEN_CREATED = "api_token.created"  # noqa: S105  a name, no secret
API_TOKEN_REVOKED = "api_token.revoked"  # noqa: S105
CALENDAR_CHANGED = "calendar.changed"
NOTIFICATION_CREATED = "notification.created"
NOTIFICATION_READ = "notification.read"
WORKSPACE_CREATED = "workspace.created"
WORKSPACE_CHANGED = "workspace.changed"

ALL: frozenset[str] = frozenset(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)
