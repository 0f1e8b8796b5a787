from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0002_idempotency_key")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="online_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
