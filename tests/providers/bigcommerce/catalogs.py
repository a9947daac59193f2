"""A small catalog with every BigCommerce kind in it."""

from __future__ import annotations

PRO = """
catalog: nimbus
products:
  cloud: { name: Nimbus }
plans:
  pro:
    product: cloud
    description: For teams & shops.
    charges:
      base:
        prices:
          monthly: { every: month, amount: { usd: 49, eur: 45 } }
          yearly: { every: year, amount: { usd: 490, eur: 450 } }
    storefront:
      categories: [Plans]
      tax_class: Digital services
      custom_fields: { Support: E-mail }
      variants:
        base.yearly: { retail_price: 588 }
storefront:
  metafields: { lookup_key: lookup }
  price_lists:
    europe: { currencies: [eur], storefronts: [eu] }
    partners:
      customer_groups: [partners]
      records: { pro.base.monthly: { price: { usd: 39 }, retail_price: { usd: 49 } } }
  customer_groups:
    partners: { name: Partners }
    members: { discounts: [{ type: product, product: pro, amount: 10 }] }
  customer_attributes:
    status: { name: Subscription status }
    renews: { type: date }
  scripts:
    portal: { portal_link: { url: "https://hooks.example/portal" } }
webhooks:
  bigcommerce:
    orders:
      scope: store/order/statusUpdated
      destination: https://hooks.example/bigcommerce/
      headers: { X-Hook-Token: "env:HOOK_TOKEN", X-Source: billform }
"""

EMPTY = "catalog: nimbus\n"


def edited(*edits: tuple[str, str], text: str = PRO) -> str:
    """The catalog with parts of it replaced; each part must be there."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text
