"""Who has a job done: a member, or a program by its token."""

from contacts.models import Job
from workspaces.models import ApiToken, Membership

Starter = Membership | ApiToken


def put_starter(job: Job, by: Starter) -> None:
    """Keep who it is; of a program also the member who made its token."""
    if isinstance(by, ApiToken):
        job.settings["token"] = str(by.pk)
        job.by = by.created_by
    else:
        job.settings.pop("token", None)
        job.by = by


def starter_of(job: Job) -> Starter | None:
    """Whoever started it, for as long as their rights count; None for nobody, or a token that is
    not valid any more."""
    if token := job.settings.get("token"):
        found: ApiToken | None = ApiToken.objects.filter(pk=token).first()
        return found if found is not None and found.is_usable else None
    member: Membership | None = job.by
    return member
