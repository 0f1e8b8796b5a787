"""What the inbox's forms ask for."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels_connectors.models import Channel
from contacts.forms.seen import Seen
from contacts.models import Contact


class MessageForm(forms.Form):
    """A reply or a note. What a channel takes is checked where the message is made."""

    text = forms.CharField(required=False, strip=False, max_length=100_000)
    client_id = forms.UUIDField()
    reply_to = forms.UUIDField(required=False)
    internal = forms.BooleanField(required=False)
    attachments = forms.JSONField(required=False)
    closes = forms.BooleanField(required=False)
    subject = forms.CharField(required=False, max_length=1000)
    cc = forms.CharField(required=False, max_length=5000)

    def clean_attachments(self) -> list[Any]:
        """Ids of drafts; their owner and number are checked where they are claimed."""
        ids = self.cleaned_data["attachments"] or []
        if not isinstance(ids, list) or len(ids) > 50:
            raise forms.ValidationError(_("The list of files is damaged."))
        field = forms.UUIDField()
        return [field.clean(id) for id in ids]


class ContactForm(Seen, forms.ModelForm):
    """The customer's card, as an agent may correct it."""

    class Meta:
        model = Contact
        fields = ["name", "phone", "email", "note"]
        labels = {"name": pgettext_lazy("of a person", "Name"), "note": _("Note")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = {name: getattr(self.instance, name) for name in self.Meta.fields}

    def given(self, name: str) -> Any:
        """What was sent for a field; lines end as they are stored."""
        return str(super().given(name) or "").replace("\r\n", "\n")


class LabelForm(forms.Form):
    label = forms.CharField(max_length=60)


class ConsentForm(forms.Form):
    """Whether the customer wants broadcasts."""

    granted = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class StartForm(forms.Form):
    """A first message to somebody who has not written. Addresses are checked with the channel."""

    channel = forms.ModelChoiceField(queryset=None, label=_("Channel"), empty_label=None)
    to = forms.CharField(
        label=pgettext_lazy("recipient", "To"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    subject = forms.CharField(
        label=_("Subject"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, channels: list[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["channel"]
        field.queryset = Channel.objects.filter(pk__in=[channel.pk for channel in channels])
