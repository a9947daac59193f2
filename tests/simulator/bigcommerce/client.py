"""A thin client of one simulated store, for telling stories in tests; it knows no rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from billform.simulator.server import Simulator

STORE = "simstore1"
TOKEN = "bc_simulator_token"
CLIENT = "simclient1"


class Store:
    """One store seen through one token."""

    def __init__(self, simulator: Simulator, http: httpx.Client, token: str = TOKEN, store: str = STORE) -> None:
        self.simulator = simulator
        self.http = http
        self.token = token
        self.store = store

    def call(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send one request to `v2/…` or `v3/…`, with the query in the path."""
        url = f"{self.simulator.bigcommerce_url}/stores/{self.store}/{path}"
        sent = {"X-Auth-Token": self.token, **(headers or {})}
        return self.http.request(method, url, json=body, headers=sent)

    def get(self, path: str) -> httpx.Response:
        """Read."""
        return self.call("GET", path)

    def post(self, path: str, body: Any) -> httpx.Response:
        """Make."""
        return self.call("POST", path, body)

    def put(self, path: str, body: Any) -> httpx.Response:
        """Change."""
        return self.call("PUT", path, body)

    def delete(self, path: str, body: Any = None) -> httpx.Response:
        """Remove."""
        return self.call("DELETE", path, body)

    def data(self, path: str) -> Any:
        """Read what must be there and answer its data."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def made(self, path: str, body: Any) -> Any:
        """Make what must succeed and answer its data."""
        answer = self.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["data"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Pull one of the simulator's switches."""
        answer = self.http.request(method, f"{self.simulator.control_url}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def another(self, token: str, client_id: str, **words: Any) -> Store:
        """Make another API account of the same store and answer the store through it."""
        body = {"token": token, "store": self.store, "client_id": client_id, **words}
        self.control("POST", "bigcommerce/accounts", body)
        return Store(self.simulator, self.http, token, self.store)

    # -- short ways to what many stories begin with ------------------------------------------------------

    def product(self, name: str = "Pro", **words: Any) -> Any:
        """Make a product."""
        sku = words.pop("sku", name.upper().replace(" ", "-"))
        return self.made(
            "v3/catalog/products",
            {"name": name, "type": "digital", "weight": 0, "price": 49, "sku": sku, **words},
        )

    def plan(self, name: str = "Pro") -> tuple[Any, Any, list[Any]]:
        """Make a product with one option and a variant for each of its two values."""
        product = self.product(name)
        option = self.made(
            f"v3/catalog/products/{product['id']}/options",
            {
                "display_name": "Billing",
                "type": "rectangles",
                "option_values": [
                    {"label": "Monthly", "sort_order": 0},
                    {"label": "Yearly", "sort_order": 1},
                ],
            },
        )
        variants = [
            self.made(
                f"v3/catalog/products/{product['id']}/variants",
                {
                    "sku": f"{product['sku']}-{value['label'].upper()}",
                    "option_values": [{"option_id": option["id"], "id": value["id"]}],
                },
            )
            for value in option["option_values"]
        ]
        return product, option, variants

    def base_variant(self, product: Any) -> int:
        """Answer the id of a simple product's base variant."""
        return int(self.data(f"v3/catalog/products/{product['id']}")["base_variant_id"])


def metafield(**words: Any) -> dict[str, Any]:
    """Answer a metafield's body."""
    return {"permission_set": "app_only", "namespace": "billing", "key": "price", "value": "price_1", **words}
