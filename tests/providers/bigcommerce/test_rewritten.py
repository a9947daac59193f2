"""A store that answers a text differently from how it was sent: that is no difference, while real changes show."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from billform.providers.http import BigCommercePolicy, Patience, Response, Transport

from .catalogs import PRO, edited
from .shop import Shop, described

EDITED = re.compile(r"/catalog/products(/[0-9]+)?$|/content/scripts")


class Sanitiser(Transport):
    """The store's editor, as far as its clients can tell: what it saves is not to the letter what it was sent."""

    async def request(self, method: str, url: str, **words: Any) -> Response:
        content = words.get("content")
        if method in ("POST", "PUT") and content and EDITED.search(url):
            words["content"] = json.dumps(_rewritten(json.loads(content))).encode()
        return await super().request(method, url, **words)


def _rewritten(body: Any) -> Any:
    if isinstance(body, list):
        return [_rewritten(each) for each in body]
    texts = {
        name: body[name].replace("<p>", '<p class="x">') + "\n" for name in ("description", "html") if body.get(name)
    }
    return {**body, **texts}


@pytest.fixture
def rewriting(shop: Shop) -> Shop:
    def transport() -> Transport:
        policy = BigCommercePolicy(patience=Patience(tries=3, total=5, first=0.01, most=0.05))
        return Sanitiser(policy, base_url=shop.simulator.bigcommerce_url)

    shop.transport = transport  # type: ignore[method-assign]  # the store is what is replaced
    return shop


TEXT = edited(("categories: [Plans]", "categories: [Plans]\n      description: <p>For teams</p>"))


def test_a_rewritten_text_is_no_difference(rewriting: Shop) -> None:
    rewriting.settle(TEXT)
    (product,) = rewriting.raw("GET", "/v3/catalog/products")["data"]
    assert product["description"] == '<p class="x">For teams</p>\n'


def test_a_change_of_the_text_is_seen_and_settles_again(rewriting: Shop) -> None:
    rewriting.settle(TEXT)
    rewriting.settle(TEXT.replace("For teams</p>", "For all</p>"))
    rewriting.settle(TEXT.replace("usd: 49, eur", "usd: 50, eur"))
    rewriting.settle(TEXT)


def test_somebody_elses_change_of_the_text_is_seen(rewriting: Shop) -> None:
    rewriting.settle(TEXT)
    (product,) = rewriting.raw("GET", "/v3/catalog/products")["data"]
    rewriting.raw("PUT", f"/v3/catalog/products/{product['id']}", {"description": "Cheap!"})
    assert described(rewriting.plan(TEXT)) == [
        'update bigcommerce.product/main/pro [description: "Cheap!" -> "<p>For teams</p>"]'
    ]
    rewriting.settle(TEXT)


def test_a_text_that_the_store_ignored_stays_a_difference(shop: Shop) -> None:
    """Only an answer that is new counts as rewritten: the old one means that nothing was saved."""
    shop.settle(PRO)

    class Deaf(Transport):
        async def request(self, method: str, url: str, **words: Any) -> Response:
            content = words.get("content")
            if method == "PUT" and content and EDITED.search(url):
                body = json.loads(content)
                bodies = body if isinstance(body, list) else [body]
                for each in bodies:
                    each.pop("description", None)
                words["content"] = json.dumps(body).encode()
            return await super().request(method, url, **words)

    def transport() -> Transport:
        return Deaf(BigCommercePolicy(), base_url=shop.simulator.bigcommerce_url)

    shop.transport = transport  # type: ignore[method-assign]  # the store is what is replaced
    text = edited(("teams & shops.", "big teams."))
    shop.apply(text)
    assert len(described(shop.plan(text))) == 1
