"""Why deals are lost or refused, as forms answer it."""

from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from crm.models import LossReason, Stage
from crm.reasons import EXPLAINED
from crm.views.funnel.shared import uuid_of


@dataclass(frozen=True)
class Explanation:
    """The reason that was chosen and what was written beside it."""

    reason: LossReason | None
    comment: str

    @classmethod
    def of(cls, answers: QueryDict) -> Self:
        """Out of a form: `reason`, `comment`."""
        chosen = uuid_of(answers.get("reason"))
        reason = LossReason.objects.filter(pk=chosen).first() if chosen else None
        return cls(reason, answers.get("comment", ""))

    def explains(self, stage: Stage) -> bool:
        """Whether it is enough for a stage: a reason, or words where these are allowed."""
        if stage.group not in EXPLAINED or self.reason is not None:
            return True
        return bool(self.comment.strip()) and stage.pipeline.allows_free_reason

    def context(self) -> dict[str, Any]:
        """As the form shows it again."""
        return {"chosen": self.reason.pk if self.reason else None, "comment": self.comment}
