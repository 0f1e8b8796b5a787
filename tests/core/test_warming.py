"""What is made ready before the first visitor."""

from django.conf import settings

from core.warming import compile_templates


def test_every_template_compiles():
    assert compile_templates() == len(list((settings.BASE_DIR / "templates").rglob("*.html")))
