"""What the tests of the funnel's pages share."""

import re


def board_of(client, sales, query=""):
    """The board's page."""
    return client.get(f"{sales.acme.url}/funnel/{sales.pipeline.pk}/{query}")


def names_on(response):
    """The customers on the cards of a page or a stream, in its order."""
    return re.findall(r'class="deal__name"[^>]*>([^<]+)<', response.content.decode())


def column_of(response, stage):
    """The customers in one column."""
    html = response.content.decode()
    start = html.index(f'id="cards_{stage.pk}"')
    return re.findall(
        r'class="deal__name"[^>]*>([^<]+)<', html[start : html.index("</section>", start)]
    )


def place(client, sales, deal, stage, **values):
    """Drop a card."""
    url = f"{sales.acme.url}/funnel/deals/{deal.pk}/place/"
    return client.post(url, {"stage": stage.pk, "seen_stage": deal.stage_id, **values})
