from django.db import migrations

# A value says much about its field and the other way round; without this PostgreSQL expects a
# hundred rows of a field's value where there are twenty thousand.
CREATE = [
    f"""create statistics field_value_{kind}s (mcv) on field_id, {kind}_value
        from contacts_fieldvalue"""
    for kind in ("text", "number")
]
DROP = [f"drop statistics field_value_{kind}s" for kind in ("text", "number")]


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
