"""Names and texts that a customer may send to see what happens."""

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</template><script>alert(1)</script>",
    "<turbo-stream action=remove target=desk></turbo-stream>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "\u202eright-to-left",
    "&lt;b&gt;",
]


def assert_harmless(html: str) -> None:
    """None of the corpus became markup."""
    lowered = html.lower()
    for poison in (
        "<script>alert",
        "<img src=x",
        "<svg/onload",
        "<turbo-stream action=remove",
        'href="javascript:',
        "</template><script",
        "{{ 7",
    ):
        if poison == "{{ 7":
            assert "{{ 7|add:7 }}" in html or "7|add" not in html
            continue
        assert poison not in lowered, poison
