from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel

# The company's own; a platform lets us put one reaction on a message, whoever of us it was.
OURS = "company"


class Reaction(TenantModel):
    """An emoji that somebody put on a message; one row for each person."""

    message = TenantForeignKey("inbox.Message", related_name="reactions")
    person = models.CharField(max_length=200)
    emojis = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "message", "person"], name="reaction_person_unique"
            )
        ]
