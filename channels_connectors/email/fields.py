"""What an administrator fills in for a mailbox."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.types import CredentialField, SettingField

_SERVERS: Final = _("Mail servers")
_OAUTH: Final = _("Access by OAuth: Google, Microsoft")
_TLS: Final = (
    ("", _("By the port")),
    ("implicit", _("Encrypted from the beginning (TLS)")),
    ("starttls", _("Encrypted by STARTTLS")),
)

CREDENTIALS: Final = (
    CredentialField(name="address", label=_("Address"), secret=False),
    CredentialField(
        name="password",
        label=_("Password"),
        required=False,
        help=_(
            "Gmail, Yandex and Mail.ru want an app password, made in the account's security "
            "settings, not the usual one."
        ),
    ),
    CredentialField(
        name="imap_host",
        label=_("IMAP server"),
        required=False,
        secret=False,
        help=_("Empty for Gmail, Yandex, Mail.ru, Rambler, iCloud and Outlook: we know theirs."),
        group=_SERVERS,
    ),
    CredentialField(
        name="imap_port",
        label=_("IMAP port"),
        required=False,
        secret=False,
        help=_("993 unless your provider says otherwise."),
        group=_SERVERS,
    ),
    CredentialField(
        name="smtp_host",
        label=_("SMTP server"),
        required=False,
        secret=False,
        group=_SERVERS,
    ),
    CredentialField(
        name="smtp_port",
        label=_("SMTP port"),
        required=False,
        secret=False,
        help=_("465 or 587."),
        group=_SERVERS,
    ),
    CredentialField(
        name="oauth_client_id",
        label=_("Client ID"),
        required=False,
        secret=False,
        help=_("Of your application in Google Cloud or Microsoft Entra. Needs no password."),
        group=_OAUTH,
    ),
    CredentialField(
        name="oauth_client_secret", label=_("Client secret"), required=False, group=_OAUTH
    ),
    CredentialField(
        name="oauth_refresh_token",
        label=_("Refresh token"),
        required=False,
        help=_(
            "Google: with the right https://mail.google.com/. Microsoft: with "
            "IMAP.AccessAsUser.All and SMTP.Send; empty where the application itself has the right "
            "to the mailbox."
        ),
        group=_OAUTH,
    ),
    CredentialField(
        name="oauth_tenant",
        label=_("Tenant ID"),
        required=False,
        secret=False,
        help=_("Of your organisation in Microsoft Entra."),
        group=_OAUTH,
    ),
)

SETTINGS: Final = (
    SettingField("imap_tls", _("IMAP encryption"), choices=_TLS, connects=True, group=_SERVERS),
    SettingField("smtp_tls", _("SMTP encryption"), choices=_TLS, connects=True, group=_SERVERS),
    SettingField(
        "folder",
        _("Folder"),
        help=_("Where new letters are looked for. Empty: the inbox."),
        connects=True,
        group=_SERVERS,
    ),
    SettingField(
        "import_days",
        _("Days of history"),
        help=_("Letters of so many days are fetched at the first time. Empty: only new ones."),
        max_length=3,
        connects=True,
        group=_SERVERS,
    ),
    SettingField(
        "token_url",
        _("Address that gives tokens"),
        help=_("Only for providers other than Google and Microsoft."),
        max_length=300,
        connects=True,
        group=_OAUTH,
    ),
    SettingField(
        "sender_name",
        _("Sender’s name"),
        help=_("Customers see it beside the address: the company’s or the shop’s name."),
        max_length=100,
    ),
    SettingField(
        "signature",
        _("Signature"),
        help=_("Stands below every letter from this address."),
        long=True,
        max_length=2000,
    ),
    SettingField(
        "copy_to_sent",
        _("Copies in the Sent folder"),
        choices=(
            ("", _("Where the provider makes none")),
            ("always", _("Always by us")),
            ("never", _("Never by us")),
        ),
    ),
)
