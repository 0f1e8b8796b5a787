"""By what a period is cut, so that it neither crowds nor says too little."""

from typing import Final

from analytics.reports.question import Question

_MOST_DAYS: Final = 62
_MOST_WEEKS: Final = 190


def step(question: Question) -> str:
    """Days of a short period, weeks of a longer one, else months."""
    if question.days <= _MOST_DAYS:
        return "day"
    return "week" if question.days <= _MOST_WEEKS else "month"
