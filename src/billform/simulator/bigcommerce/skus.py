"""What products and variants share: SKUs unique over both, and finding either."""

from __future__ import annotations

from billform.simulator.bigcommerce import problems
from billform.simulator.bigcommerce.shop import Shop
from billform.simulator.world import Row


def key(value: str) -> str:
    """Answer the form in which names and SKUs are compared: case does not count."""
    return value.strip().lower()


def check_sku(shop: Shop, sku: str, *, product: int | None, variant: int | None, path: str = "sku") -> None:
    """Raise 409 when another product or variant has the SKU; a base variant shares its product's."""
    if not sku:
        return
    products = [row["id"] for row in shop.table("products").where("sku_key", key(sku))]
    variants = [row["id"] for row in shop.table("variants").where("sku_key", key(sku)) if not row["base"]]
    if any(number != product for number in products) or any(number != variant for number in variants):
        title = f"The sku {sku} is already in use by another product or variant"
        raise problems.conflict(title, {path: title})


def product(shop: Shop, number: int) -> Row:
    """Answer a product; raises 404."""
    row = shop.find("products", number)
    if row is None:
        raise problems.not_found("product", number)
    return row


def variants_of(shop: Shop, number: int) -> list[Row]:
    """Answer the variants that count: the real ones, or else the base variant."""
    rows = shop.table("variants").where("product_id", number)
    return [row for row in rows if not row["base"]] or rows


def variant(shop: Shop, number: int, product_id: int | None = None) -> Row:
    """Answer a variant that counts, of that product when given; raises 404."""
    row = shop.find("variants", number)
    if (
        row is None
        or (product_id is not None and row["product_id"] != product_id)
        or row not in variants_of(shop, row["product_id"])
    ):
        raise problems.not_found("variant", number)
    return row


def variant_by_sku(shop: Shop, sku: str) -> Row | None:
    """Answer the variant that counts and has the SKU, or None."""
    for row in shop.table("variants").where("sku_key", key(sku)):
        if row in variants_of(shop, row["product_id"]):
            return row
    return None
