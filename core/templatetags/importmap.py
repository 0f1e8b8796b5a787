"""{% importmap %}: bare names -> addresses of our modules and of the libraries from npm."""

import json
from functools import cache
from pathlib import PurePosixPath

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@register.simple_tag(takes_context=True)
def importmap(context: RequestContext, start: str = "application", only: str = "") -> SafeString:
    """The import map and the module that starts the page, both under the request's CSP nonce.

    `only` keeps a page that is not the application to the modules of one folder: "livechat/".
    """
    nonce = getattr(context.get("request"), "csp_nonce", "")
    imports = _make_imports(only) if settings.DEBUG else _cached_imports(only)
    return format_html(
        '<script type="importmap" nonce="{}" data-turbo-track="reload">{}</script>'
        '<script type="module" nonce="{}">import "{}"</script>',
        nonce,
        imports,
        nonce,
        start,
    )


@register.simple_tag
def modulepreload(*names: str) -> SafeString:
    """Have modules fetched before a page asks for them: what comes in a frame finds them ready."""
    paths = module_paths()
    return format_html_join(
        "", '<link rel="modulepreload" href="{}">', ((static(paths[name]),) for name in names)
    )


def module_paths() -> dict[str, str]:
    """Bare module name -> path under STATIC_URL: "lib/current" -> "js/lib/current.js"."""
    return _find_modules() if settings.DEBUG else _cached_modules()


def _make_imports(only: str) -> SafeString:
    imports = {name: static(path) for name, path in module_paths().items() if name.startswith(only)}
    return mark_safe(json.dumps({"imports": imports}).translate(_ESCAPES))  # noqa: S308  our own file names


_cached_imports = cache(_make_imports)


def _find_modules() -> dict[str, str]:
    paths: dict[str, str] = {}
    for finder in finders.get_finders():
        # A finder of libraries says itself which names it serves.
        paths.update(getattr(finder, "modules", {}))
        for path, _storage in finder.list(None):
            if path.startswith("js/") and path.endswith(".js"):
                paths[str(PurePosixPath(path).relative_to("js").with_suffix(""))] = path
    return dict(sorted(paths.items()))


_cached_modules = cache(_find_modules)
