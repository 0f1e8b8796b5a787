import core.ids
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.fields.json
import django.utils.timezone
import workspaces.models.tenant
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels_connectors", "0001_initial"),
        ("contacts", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("new", "New"), ("accepted", "Accepted"), ("closed", "Archive")],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("last_activity_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_message_text", models.CharField(blank=True, max_length=200)),
                ("last_message_kind", models.CharField(blank=True, max_length=12)),
                ("last_message_direction", models.CharField(blank=True, max_length=8)),
                ("last_message_status", models.CharField(blank=True, max_length=10)),
                ("unread_count", models.IntegerField(default=0)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("customer_read_at", models.DateTimeField(null=True)),
                (
                    "assignee",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.membership",
                    ),
                ),
                (
                    "channel",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversations",
                        to="channels_connectors.channel",
                    ),
                ),
                (
                    "contact",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversations",
                        to="contacts.contact",
                    ),
                ),
                (
                    "identity",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversations",
                        to="contacts.contactidentity",
                    ),
                ),
                (
                    "previous_assignee",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.membership",
                    ),
                ),
                (
                    "team",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.team",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="InboundEnvelope",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("dedup_key", models.CharField(max_length=200)),
                ("raw", models.BinaryField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "New"), ("done", "Done"), ("parked", "Parked")],
                        default="new",
                        max_length=8,
                    ),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "channel",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="channels_connectors.channel",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("incoming", "Incoming"),
                            ("outgoing", "Outgoing"),
                            ("internal", "Internal"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("image", "Photo"),
                            ("video", "Video"),
                            ("audio", "Audio"),
                            ("voice", "Voice message"),
                            ("file", "File"),
                            ("sticker", "Sticker"),
                            ("location", "Location"),
                            ("contact", "Contact"),
                            ("reaction", "Reaction"),
                            ("order", "Order"),
                            ("template", "Template"),
                            ("system", "Service message"),
                            ("unsupported", "Unsupported message"),
                        ],
                        default="text",
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("entities", models.JSONField(default=list)),
                ("payload", models.JSONField(default=dict)),
                ("referral", models.JSONField(null=True)),
                ("external_id", models.CharField(max_length=250, null=True)),
                ("client_id", models.UUIDField(null=True)),
                ("group_key", models.CharField(blank=True, max_length=100)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("queued", "Waiting to be sent"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("failed", "Not sent"),
                            ("unknown", "Perhaps sent"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("error_class", models.CharField(blank=True, max_length=20)),
                ("error", models.TextField(blank=True)),
                ("sender_name", models.CharField(blank=True, max_length=200)),
                ("reply_to_external_id", models.CharField(blank=True, max_length=250)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("platform_order", models.BigIntegerField(default=0)),
                ("edited_at", models.DateTimeField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("queued_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("lease_token", models.UUIDField(null=True)),
                (
                    "author",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.membership",
                    ),
                ),
                (
                    "channel",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="channels_connectors.channel",
                    ),
                ),
                (
                    "conversation",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="inbox.conversation",
                    ),
                ),
                (
                    "reply_to",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="inbox.message",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("kind", models.CharField(max_length=12)),
                ("name", models.CharField(blank=True, max_length=255)),
                ("mime", models.CharField(blank=True, max_length=100)),
                ("size", models.BigIntegerField(null=True)),
                ("width", models.IntegerField(null=True)),
                ("height", models.IntegerField(null=True)),
                ("duration", models.FloatField(null=True)),
                ("position", models.IntegerField(default=0)),
                ("reference", models.JSONField(default=dict)),
                ("path", models.CharField(blank=True, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "Pending"), ("ready", "Ready"), ("failed", "Failed")],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("error", models.TextField(blank=True)),
                ("attempts", models.IntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                (
                    "uploaded_by",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="workspaces.membership",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
                (
                    "message",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="inbox.message",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PendingReference",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("external_id", models.CharField(max_length=250)),
                ("kind", models.CharField(max_length=12)),
                ("item", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "channel",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="channels_connectors.channel",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("person", models.CharField(max_length=200)),
                ("emojis", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "message",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="inbox.message",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("workspace"),
                models.F("status"),
                models.OrderBy(models.F("last_activity_at"), descending=True),
                models.F("id"),
                name="conversation_list",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("workspace"),
                models.F("assignee"),
                models.F("status"),
                models.OrderBy(models.F("last_activity_at"), descending=True),
                models.F("id"),
                name="conversation_mine",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("workspace"),
                models.F("waiting_since"),
                models.F("id"),
                condition=models.Q(("waiting_since__isnull", False)),
                name="conversation_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["workspace", "contact"], name="conversation_contact"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("workspace"),
                models.F("channel"),
                models.OrderBy(models.F("last_activity_at"), descending=True),
                models.F("id"),
                name="conversation_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(
                fields=("workspace", "identity"), name="conversation_identity_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="inboundenvelope",
            index=models.Index(
                condition=models.Q(("state", "done"), _negated=True),
                fields=["workspace", "channel", "id"],
                name="envelope_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundenvelope",
            constraint=models.UniqueConstraint(
                fields=("workspace", "channel", "dedup_key"), name="envelope_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["workspace", "conversation", "sent_at", "platform_order", "id"],
                name="message_thread",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "sending"])),
                fields=["workspace", "conversation", "id"],
                name="message_outbox",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=django.contrib.postgres.indexes.GinIndex(
                django.db.models.fields.json.KeyTransform("external_ids", "payload"),
                condition=models.Q(("payload__has_key", "external_ids")),
                name="message_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("workspace", "channel", "external_id"), name="message_external_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("client_id__isnull", False)),
                fields=("workspace", "client_id"),
                name="message_client_unique",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["workspace", "message"], name="attachment_message"),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("message__isnull", False), ("status", "pending")),
                fields=["workspace", "next_attempt_at"],
                name="attachment_pending",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("message__isnull", True)),
                fields=["workspace", "created_at"],
                name="attachment_draft",
            ),
        ),
        migrations.AddIndex(
            model_name="pendingreference",
            index=models.Index(
                fields=["workspace", "channel", "external_id"], name="pending_reference_external"
            ),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.UniqueConstraint(
                fields=("workspace", "message", "person"), name="reaction_person_unique"
            ),
        ),
    ]
