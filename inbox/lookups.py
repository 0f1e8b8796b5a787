"""What the inbox's sweepers ask across workspaces."""

from workspaces.tenancy import register_lookup

# Hops from channel to channel through the index, so that a backlog of a million envelopes costs no
# more than one of ten.
register_lookup(
    name="channels_with_new_envelopes",
    arguments="older_than interval",
    returns="table (channel_id uuid, workspace_id uuid)",
    body="""
        with recursive waiting as (
            (
                select e.workspace_id, e.channel_id from inbox_inboundenvelope e
                where e.state <> 'done'
                order by e.workspace_id, e.channel_id limit 1
            )
            union all
            select n.workspace_id, n.channel_id from waiting w
            cross join lateral (
                select e.workspace_id, e.channel_id from inbox_inboundenvelope e
                where e.state <> 'done'
                    and (e.workspace_id, e.channel_id) > (w.workspace_id, w.channel_id)
                order by e.workspace_id, e.channel_id limit 1
            ) n
        )
        select w.channel_id, w.workspace_id from waiting w
        where exists (
            select from inbox_inboundenvelope e
            where e.workspace_id = w.workspace_id and e.channel_id = w.channel_id
                and e.state <> 'done' and e.state = 'new'
                and e.received_at <= now() - older_than
        )
    """,
)

# Statuses may come before a sent message has its id: whoever wrote first does not see the other.
register_lookup(
    name="channels_with_landed_references",
    arguments="",
    returns="table (channel_id uuid, workspace_id uuid)",
    body="""
        select distinct p.channel_id, p.workspace_id from inbox_pendingreference p
        join inbox_message m on m.workspace_id = p.workspace_id
            and m.channel_id = p.channel_id and m.external_id = p.external_id
        where p.created_at > now() - interval '10 minutes' and p.kind not in ('moved', 'consent')
        union
        select p.channel_id, p.workspace_id from inbox_pendingreference p
        join contacts_contactidentity i on i.workspace_id = p.workspace_id
            and i.channel_id = p.channel_id and i.external_id = p.external_id
        where p.created_at > now() - interval '10 minutes' and p.kind in ('moved', 'consent')
    """,
)

# Above row-level security only for the sake of the trigram index (see inbox.search): it looks into
# the workspace in scope and nowhere else. The last message is searched in a bounded number of
# conversations, since an index on it would cost every message that arrives.
register_lookup(
    name="conversations_matching",
    arguments="pattern text, digits text",
    returns="table (conversation_id uuid)",
    body="""
        with scope as (
            select nullif(current_setting('app.workspace_id', true), '')::uuid as workspace_id
        ), people as (
            select k.id from contacts_contact k
            where k.workspace_id = (select workspace_id from scope)
                and (k.name ilike pattern or k.email ilike pattern
                     or (digits <> '' and k.phone like digits))
            limit 300
        ), recent as (
            select found.id, found.last_message_text
            from (values ('new', 2000), ('accepted', 2000), ('closed', 1000)) part (status, most)
            cross join lateral (
                select c.id, c.last_message_text from inbox_conversation c
                where c.workspace_id = (select workspace_id from scope) and c.status = part.status
                order by c.last_activity_at desc, c.id
                limit part.most
            ) found
        )
        select c.id from inbox_conversation c join people p on p.id = c.contact_id
        where c.workspace_id = (select workspace_id from scope)
        union
        select r.id from recent r where r.last_message_text ilike pattern
        limit 500
    """,
)

# Only the first unsettled message of a conversation counts, or the one being sent: the others wait
# for it. The twin of inbox.delivery.claims.find_head. Changes of sent messages have an order of
# their own, that of inbox.delivery.changes.find_due.
register_lookup(
    name="due_conversations",
    arguments="most integer",
    returns="table (workspace_id uuid, conversation_id uuid)",
    body="""
        (select h.workspace_id, h.conversation_id
        from (
            select distinct on (m.workspace_id, m.conversation_id)
                m.workspace_id, m.conversation_id, m.channel_id, m.id, m.status,
                m.next_attempt_at, m.lease_until
            from inbox_message m
            where m.status in ('queued', 'sending')
            order by m.workspace_id, m.conversation_id, m.status desc, m.id
        ) h
        join channels_connectors_channel c
            on c.id = h.channel_id and c.workspace_id = h.workspace_id
        where case h.status
            when 'sending' then coalesce(h.lease_until <= now(), true)
            else c.status in ('active', 'connecting')
                and coalesce(h.next_attempt_at <= now(), true)
        end
        order by h.id
        limit most)
        union
        (select m.workspace_id, m.conversation_id
        from (
            select distinct on (x.workspace_id, x.message_id)
                x.workspace_id, x.message_id, x.id, x.status, x.next_attempt_at, x.lease_until
            from inbox_messagechange x
            where x.status in ('queued', 'sending')
            order by x.workspace_id, x.message_id, x.status desc, x.id
        ) h
        join inbox_message m on m.workspace_id = h.workspace_id and m.id = h.message_id
        join channels_connectors_channel c
            on c.id = m.channel_id and c.workspace_id = m.workspace_id
        where m.status not in ('queued', 'sending')
            and case h.status
                when 'sending' then coalesce(h.lease_until <= now(), true)
                else c.status in ('active', 'connecting')
                    and coalesce(h.next_attempt_at <= now(), true)
            end
        order by h.id
        limit most)
    """,
)

register_lookup(
    name="forgotten_drafts",
    arguments="older_than interval, most integer",
    returns="table (workspace_id uuid, attachment_id uuid)",
    body="""
        select a.workspace_id, a.id from inbox_attachment a
        where a.message_id is null and a.created_at < now() - older_than
        limit most
    """,
)

register_lookup(
    name="due_attachments",
    arguments="most integer",
    returns="table (workspace_id uuid, attachment_id uuid)",
    body="""
        select a.workspace_id, a.id from inbox_attachment a
        where a.status = 'pending' and a.message_id is not null
            and a.next_attempt_at < now() - interval '2 seconds'
        order by a.next_attempt_at limit most
    """,
)

register_lookup(
    name="due_ratings",
    arguments="most integer",
    returns="table (workspace_id uuid, rating_id uuid)",
    body="""
        select r.workspace_id, r.id from inbox_rating r
        where r.state = 'planned' and r.due_at <= clock_timestamp()
        order by r.due_at limit most
    """,
)
