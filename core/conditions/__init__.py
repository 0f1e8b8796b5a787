"""A language of conditions for lists, segments and rules.

A document is `{"all": [...], "any": [...], "not": {...}}`, each part optional and all given parts
required together, over leaves `{"field", "op", "value"}`; `{}` holds for everything. Fields come
from a `Vocabulary`, operators from the kind of the field (see `operators`), values are checked and
become parameters of the query: nothing of a document ever becomes SQL.
"""

from .errors import InvalidCondition
from .fields import Field, Vocabulary
from .moments import Moments
from .nodes import Condition, parse

__all__ = ["Condition", "Field", "InvalidCondition", "Moments", "Vocabulary", "parse"]
