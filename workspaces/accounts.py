"""How allauth behaves in Tandem: its words, its letters and the keys of the second factor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core import crypto
from workspaces.models import User

# Where allauth keeps a second factor's secrets inside its JSON: TOTP's key, the codes' seed.
_SECRETS = ("secret", "seed")
_CODES_MADE = "mfa/messages/recovery_codes_generated.txt"


def rotate_second_factors() -> int:
    """Encrypt the secrets of second factors with the first of FIELD_KEYS; returns how many."""
    count = 0
    with transaction.atomic():
        for factor in Authenticator.objects.select_for_update().iterator():
            for name in set(_SECRETS) & factor.data.keys():
                factor.data[name] = crypto.rotate(factor.data[name].encode()).decode()
                count += 1
            factor.save(update_fields=["data"])
    return count


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our words for errors; letters in the reader's language, as text only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The e-mail or the password does not match. Check the keyboard layout."
        ),
        "too_many_login_attempts": _("Too many attempts. Try again in five minutes."),
        "email_taken": _("There is an account with this e-mail already. Log in instead."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("The code does not match. Request a new one if it is old."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        user = context.get("user") or User.objects.filter(email=email).first()
        language = getattr(user, "language", "") or translation.get_language()
        context = {"address": settings.PUBLIC_URL, **context}
        with translation.override(language):
            super().send_mail(template_prefix, email, context)

    def add_message(
        self,
        request: Any,
        level: int,
        message_template: str | None = None,
        *more: Any,
        **named: Any,
    ) -> None:
        """Recovery codes come with the second factor, on the page that opens: one message is
        enough for both."""
        place = request.resolver_match.view_name if request.resolver_match else ""
        if message_template == _CODES_MADE and place == "mfa_activate_totp":
            return
        super().add_message(request, level, message_template, *more, **named)

    def save_user(self, request: Any, user: User, form: Any, commit: bool = True) -> User:
        """The form's name is one field; allauth would look for a first and a last one."""
        user.name = form.cleaned_data.get("name", "")
        user.language = translation.get_language() or ""
        saved: User = super().save_user(request, user, form, commit)
        return saved


class TwoFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keys of the second factor are stored encrypted, like every secret of ours."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code does not match. Check the clock of your phone."),
        "unverified_email": _("Confirm your e-mail first: the second factor protects that log-in."),
        "add_email_blocked": _("Turn off the second factor before changing the e-mail."),
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        text: str = crypto.decrypt(encrypted_text.encode())
        return text
