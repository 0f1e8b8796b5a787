"""Letters about workspaces: text only, in the reader's language."""

from functools import partial

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from workspaces.models import Invitation, User, Workspace


def send_invitation_later(
    *, invitation: Invitation, workspace: Workspace, inviter: str, link: str
) -> None:
    """Send the invitation once it is committed. A mail server that fails only leaves a log line:
    whoever invited has the link on the screen."""
    transaction.on_commit(
        partial(_send_invitation, invitation.email, workspace, inviter, link), robust=True
    )


def _send_invitation(email: str, workspace: Workspace, inviter: str, link: str) -> None:
    reader = User.objects.filter(email=email).first()
    language = (reader.language if reader else "") or workspace.language
    context = {"workspace": workspace, "inviter": inviter, "link": link, "email": email}
    with translation.override(language):
        subject = render_to_string("workspaces/email/invitation_subject.txt", context)
        body = render_to_string("workspaces/email/invitation.txt", context)
    send_mail(" ".join(subject.split()), body.strip() + "\n", None, [email])
