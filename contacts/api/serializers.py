"""Shapes of contacts in the public contract."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from contacts.models import Company, Consent, Contact
from contacts.vocabulary import CONTACTS
from core.api.conditions import Conditions, holding
from core.api.fields import JsonObject, Words
from workspaces.models import Membership
from workspaces.zones import moments

# Named for the OpenAPI document.
PURPOSES = Consent.Purpose.values
MAIN = ("name", "phone", "email", "phones", "emails")
CONSENT_ORIGINS = Consent.Origin.values


class IdentitySerializer(serializers.Serializer[Any]):
    """An address of the contact on a channel: a Telegram chat, a website visitor."""

    channel = serializers.UUIDField(source="channel_id")
    external_id = serializers.CharField()
    name = serializers.CharField()


class ConsentSerializer(serializers.Serializer[Any]):
    """Whether the contact agreed to a kind of letters; `channel` null is all of them."""

    purpose = serializers.ChoiceField(choices=PURPOSES)
    channel = serializers.UUIDField(source="channel_id", allow_null=True)
    granted = serializers.BooleanField(source="is_granted")
    origin = serializers.ChoiceField(choices=CONSENT_ORIGINS)
    detail = serializers.CharField()
    at = serializers.DateTimeField()


class LabelNames(serializers.ListField):
    """Labels by their names."""

    child = serializers.CharField(max_length=60)

    def get_attribute(self, instance: Contact) -> list[str]:
        return sorted(link.label.name for link in instance.contact_labels.all())


class Points(serializers.ListField):
    """All phones or e-mails, the main one first."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(max_length=20, help_text="The main one first.", **kwargs)

    def get_attribute(self, instance: Contact) -> list[str]:
        main = getattr(instance, self.kind)
        points = sorted(instance.points.all(), key=lambda point: point.pk)
        others = [point.value for point in points if point.kind == self.kind]
        return [main, *others] if main else others


class ContactSerializer(serializers.Serializer[Any]):
    """A contact, read and written. Its identities come from channels and are read-only."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    phone = serializers.CharField(
        max_length=32, allow_blank=True, required=False, help_text="Stored as E.164."
    )
    email = serializers.EmailField(allow_blank=True, required=False)
    phones = Points("phone", child=serializers.CharField(max_length=32), required=False)
    emails = Points("email", child=serializers.EmailField(), required=False)
    language = serializers.CharField(max_length=16, allow_blank=True, required=False)
    note = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    labels = LabelNames(required=False, max_length=50)
    fields = JsonObject(required=False)  # type: ignore[assignment]
    owner = serializers.UUIDField(allow_null=True, required=False, source="owner_id")
    company = serializers.UUIDField(allow_null=True, required=False, source="company_id")
    blocked = serializers.BooleanField(source="is_blocked", read_only=True)
    identities = IdentitySerializer(many=True, read_only=True)
    consents = ConsentSerializer(many=True, read_only=True)
    created_at = serializers.DateTimeField(read_only=True)

    def validate_owner(self, value: Any) -> Any:
        if value is not None and not Membership.objects.filter(pk=value).exists():
            raise serializers.ValidationError(_("No such member."))
        return value

    def validate_company(self, value: Any) -> Any:
        if value is not None and not Company.objects.filter(pk=value).exists():
            raise serializers.ValidationError(_("No such company."))
        return value

    def validate(self, attrs: Any) -> Any:
        if not self.partial and not any(attrs.get(name) for name in MAIN):
            raise serializers.ValidationError(_("Give a name, a phone or an e-mail."))
        return attrs


class ContactQuery(serializers.Serializer[Any]):
    """Filters of the list of contacts; together they narrow it."""

    q = Words(help_text="Part of a name, a phone or an e-mail.")
    phone = Words(help_text="A phone, however it is written.")
    email = Words()
    label = Words()  # type: ignore[assignment]
    owner = serializers.UUIDField(required=False)
    channel = serializers.UUIDField(required=False, help_text="With an identity on this channel.")
    company = serializers.UUIDField(required=False)
    filter = Conditions(
        CONTACTS, help_text='`{"all": [{"field": "labels", "op": "has", "value": "VIP"}]}`'
    )
    external_id = Words(help_text="With this identity, as the platform names it.")

    def narrow(self, found: QuerySet[Contact]) -> QuerySet[Contact]:
        """The contacts that pass; call after `is_valid`."""
        asked = {name: value for name, value in self.validated_data.items() if value}
        if "q" in asked:
            found = found.matching(asked["q"])  # type: ignore[attr-defined]
        if "phone" in asked:
            found = found.fulfilling(_is("phone", asked["phone"]))  # type: ignore[attr-defined]
        if "email" in asked:
            found = found.fulfilling(_is("email", asked["email"]))  # type: ignore[attr-defined]
        if "label" in asked:
            found = found.filter(contact_labels__label__name=asked["label"])
        if "owner" in asked:
            found = found.filter(owner_id=asked["owner"])
        if "company" in asked:
            found = found.filter(company_id=asked["company"])
        if "filter" in asked:
            found = found.filter(holding(asked["filter"], moments()))
        identity = {
            f"identities__{column}": asked[name]
            for name, column in (("channel", "channel_id"), ("external_id", "external_id"))
            if name in asked
        }
        return found.filter(**identity).distinct() if identity else found


def _is(field: str, value: str) -> dict[str, str]:
    return {"field": field, "op": "eq", "value": value}
