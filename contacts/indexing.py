"""Values that rows had under a key before it was a field: put into the index, chunk by chunk, so
that they can be asked for as if the field had always been there.
"""

from typing import Any, Final

from contacts import custom_fields
from contacts.jobs.registry import Runner, runner
from contacts.models import Company, Contact, CustomField, Job

KIND: Final = "index_field"
CHUNK: Final = 1_000

# By entity, the model whose rows have `fields`.
_models: dict[str, Any] = {"contact": Contact, "company": Company}


def register_entity(entity: str, model: Any) -> None:
    """Have the fields of a further kind of thing found too."""
    _models[entity] = model


def begin(field: CustomField) -> None:
    """Look for a new field's values once the transaction is through."""
    Job(kind=KIND, settings={"field": str(field.pk)}, name=field.label[:200]).enqueue()


@runner(KIND)
class IndexField(Runner):
    """Walks the rows that have something under the field's key, by their ids.

    Each row is held for the length of the chunk: who writes it meanwhile waits, and writes its
    index themselves.
    """

    def chunk(self) -> bool:
        field = CustomField.objects.filter(pk=self.job.settings["field"]).first()
        if field is None:
            return False
        rows = _models[field.entity].objects.filter(fields__has_key=field.key)
        if after := self.job.cursor.get("after"):
            rows = rows.filter(pk__gt=after)
        held = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
        found = {row.pk: row.fields.get(field.key) for row in held.only("pk", "fields")[:CHUNK]}
        if found:
            self.job.count("indexed", custom_fields.store_field(field, found))
            self.job.cursor = {"after": str(list(found)[-1])}
            self.job.done += len(found)
        return len(found) == CHUNK
