from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import IdentifiedModel


class Workspace(IdentifiedModel):
    """A company. Everything that isn't a user belongs to exactly one."""

    name = models.CharField(_("Company"), max_length=120)
    slug = models.SlugField(_("Address"), max_length=50, unique=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Moscow")
    currency = models.CharField(_("Currency"), max_length=3, default="RUB")
    language = models.CharField(_("Language"), max_length=8, default="ru")

    def __str__(self) -> str:
        return self.name
