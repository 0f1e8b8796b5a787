from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class CustomField(TenantModel):
    """Something that a workspace wants to know of its contacts, companies or deals.

    `key` is the name in `fields` of the row and never changes, `label` is what people call it.
    `choices` are `[{"key", "label"}]`: rows keep the key, so that a choice may be renamed.
    """

    class Entity(models.TextChoices):
        CONTACT = "contact", pgettext_lazy("fields of", "Contacts")
        COMPANY = "company", pgettext_lazy("fields of", "Companies")
        DEAL = "deal", pgettext_lazy("fields of", "Deals")

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("kind of field", "Text")
        NUMBER = "number", pgettext_lazy("kind of field", "Number")
        MONEY = "money", pgettext_lazy("kind of field", "Money")
        DATE = "date", pgettext_lazy("kind of field", "Date")
        LIST = "list", pgettext_lazy("kind of field", "One of a list")
        MULTI = "multi", pgettext_lazy("kind of field", "Several of a list")
        BOOLEAN = "boolean", pgettext_lazy("kind of field", "Yes or no")
        PHONE = "phone", pgettext_lazy("kind of field", "Phone")
        LINK = "link", pgettext_lazy("kind of field", "Link")

    entity = models.CharField(max_length=8, choices=Entity.choices)
    key = models.CharField(max_length=50)
    label = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices)
    choices: Any = models.JSONField(default=list, blank=True)
    position = models.CharField(max_length=80, db_collation="C")
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "entity", "key"], name="custom_field_key_unique"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def has_choices(self) -> bool:
        """Whether values are picked from a list."""
        return self.kind in {self.Kind.LIST, self.Kind.MULTI}

    def choice_label(self, key: str) -> str:
        """What a choice is called now; the key itself where it is gone."""
        found = (choice["label"] for choice in self.choices if choice["key"] == key)
        return next(found, key)


class FieldValue(TenantModel):
    """A value of `fields` once more, where an index finds it.

    Under row-level security only leakproof comparisons may use an index, and those of jsonb and
    numeric are not: see docs/decisions/0007. Texts are in lower case; several choices are several
    rows; money has its currency as text; yes is 1 and no is 0. `entity_id` is a contact, a company
    or a deal, by the field's entity.
    """

    field = TenantForeignKey(CustomField, related_name="+")
    entity_id = models.UUIDField()
    # None, not empty: the index leaves out what is not there.
    text_value = models.CharField(max_length=600, null=True, db_collation="C")  # noqa: DJ001
    number_value = models.FloatField(null=True)
    day_value = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "entity_id", "field"],
                include=["number_value", "day_value"],
                name="field_value_of_row",
            ),
            models.Index(
                fields=["workspace", "field", "text_value", "entity_id"],
                name="field_value_text",
                condition=models.Q(text_value__isnull=False),
            ),
            models.Index(
                fields=["workspace", "field", "number_value", "entity_id"],
                name="field_value_number",
                condition=models.Q(number_value__isnull=False),
            ),
            models.Index(
                fields=["workspace", "field", "day_value", "entity_id"],
                name="field_value_day",
                condition=models.Q(day_value__isnull=False),
            ),
            # The search's, by rows_with_field_text.
            GinIndex(
                OpClass("workspace", name="uuid_ops"),
                OpClass("field", name="uuid_ops"),
                OpClass("text_value", name="gin_trgm_ops"),
                name="field_value_search",
                condition=models.Q(text_value__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        values = (self.text_value, self.number_value, self.day_value)
        return next((str(value) for value in values if value is not None), "")
