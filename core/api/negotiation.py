from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation


class OneForm(DefaultContentNegotiation):
    """Answer in the view's own form whatever `Accept` says: there is no other."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The first one."""
        return renderers[0], renderers[0].media_type
