import django.contrib.postgres.indexes
from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.AddIndex(
            model_name="contact",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("workspace", name="uuid_ops"),
                django.contrib.postgres.indexes.OpClass("name", name="gin_trgm_ops"),
                django.contrib.postgres.indexes.OpClass("phone", name="gin_trgm_ops"),
                django.contrib.postgres.indexes.OpClass("email", name="gin_trgm_ops"),
                name="contact_search",
            ),
        ),
    ]
