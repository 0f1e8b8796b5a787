import core.crypto
import core.ids
import core.tokens
import django.db.models.deletion
import django.utils.timezone
import workspaces.models.tenant
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
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
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                (
                    "key",
                    models.CharField(default=core.tokens.new_token, editable=False, max_length=64),
                ),
                ("credentials", core.crypto.EncryptedJSONField(default=dict)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("external_id", models.CharField(blank=True, max_length=100)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("connecting", "Connecting"),
                            ("active", "Works"),
                            ("paused", "Paused"),
                            ("broken", "Needs attention"),
                            ("disconnected", "Disconnected"),
                        ],
                        default="connecting",
                        max_length=16,
                    ),
                ),
                ("status_reason", models.TextField(blank=True)),
                ("status_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("health", models.JSONField(blank=True, default=dict)),
                (
                    "routing",
                    models.CharField(
                        choices=[
                            ("manual", "By hand"),
                            ("round_robin", "In turn"),
                            ("least_loaded", "To the least loaded"),
                        ],
                        default="manual",
                        max_length=16,
                        verbose_name="Distribution",
                    ),
                ),
                (
                    "transport",
                    models.CharField(
                        choices=[("webhook", "Webhook"), ("polling", "Polling")],
                        default="webhook",
                        max_length=8,
                    ),
                ),
                ("is_restricted", models.BooleanField(default=False)),
                ("poll_cursor", models.CharField(blank=True, max_length=200)),
                ("poll_lease_until", models.DateTimeField(null=True)),
                ("poll_lease_token", models.UUIDField(null=True)),
                (
                    "team",
                    workspaces.models.tenant.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
            name="ChannelAccess",
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
                    "channel",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_list",
                        to="channels_connectors.channel",
                    ),
                ),
                (
                    "membership",
                    workspaces.models.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channel_access",
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(fields=["key"], name="channel_key"),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                fields=("workspace", "key"), name="channel_key_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="channelaccess",
            constraint=models.UniqueConstraint(
                fields=("workspace", "channel", "membership"), name="channel_access_unique"
            ),
        ),
    ]
