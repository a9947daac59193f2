"""The requests that Stripe refuses, as a table: each case names the fact it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.simulator.stripe.shop import HEAD_OFFICE

Step = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """A request, after some steps that succeed, and the refusal it gets; `{price}` stands for the shop's price."""

    fact: str
    method: str
    path: str
    form: dict[str, Any] = field(default_factory=dict)
    status: int = 400
    code: str | None = None
    param: str | None = None
    message: str = ""
    after: tuple[Step, ...] = ()
    kind: str = "invalid_request_error"


def post(fact: str, path: str, form: dict[str, Any] | None = None, **outcome: Any) -> Case:
    return Case(fact, "POST", path, form or {}, **outcome)


def get(fact: str, path: str, form: dict[str, Any] | None = None, **outcome: Any) -> Case:
    return Case(fact, "GET", path, form or {}, **outcome)


def delete(fact: str, path: str, **outcome: Any) -> Case:
    return Case(fact, "DELETE", path, **outcome)


# A table reads best with one case a line or two, not one argument a line.
# fmt: off
UNKNOWN, MISSING, EMPTY = "parameter_unknown", "parameter_missing", "parameter_invalid_empty"
INTEGER, EXCLUSIVE, GONE = "parameter_invalid_integer", "parameters_exclusive", "resource_missing"
BASE = {"product": "prod_pro", "currency": "usd"}
FLAT = {**BASE, "unit_amount": 100}
MONTHLY = {**FLAT, "recurring[interval]": "month"}
TIERED = {**BASE, "billing_scheme": "tiered", "tiers_mode": "graduated", "recurring[interval]": "month"}
PORTAL = "/v1/billing_portal/configurations"
UPDATES = "features[subscription_update]"
SWITCH = {f"{UPDATES}[enabled]": "true", f"{UPDATES}[default_allowed_updates][0]": "price"}
CODE = {"promotion[type]": "coupon", "promotion[coupon]": "SAVE10"}
TAXED: Step = ("POST", "/v1/tax/settings", HEAD_OFFICE)
GERMANY = {
    "country": "DE",
    "active_from": "now",
    "country_options[de][type]": "standard",
}

PARAMETERS = [
    post("an unknown parameter", "/v1/products", {"name": "x", "nme": "y"}, code=UNKNOWN, param="nme",
         message="Received unknown parameter: nme"),
    post("two unknown parameters", "/v1/products", {"name": "x", "a": 1, "b": 2}, code=UNKNOWN, param="a",
         message="Received unknown parameters: a, b"),
    post("an unknown parameter inside a map", "/v1/prices", {**FLAT, "recurring[interval]": "month", "recurring[x]": 1},
         code=UNKNOWN, param="recurring[x]"),
    post("a missing parameter", "/v1/products", {"description": "x"}, code=MISSING, param="name",
         message="Missing required param: name."),
    post("a missing parameter inside a map", "/v1/prices", {**FLAT, "recurring[interval_count]": 1}, code=MISSING,
         param="recurring[interval]"),
    post("an integer that is none", "/v1/prices", {**BASE, "unit_amount": "12.5"}, code=INTEGER, param="unit_amount",
         message="Invalid integer: 12.5"),
    post("a boolean that is none", "/v1/products", {"name": "x", "active": "yes"}, param="active"),
    post("a map where a text belongs", "/v1/products", {"name[a]": "x"}, param="name"),
    post("a text where a map belongs", "/v1/prices", {**FLAT, "recurring": "month"}, param="recurring"),
    post("a text where a list belongs", "/v1/products", {"name": "x", "images": "https://a.example/1.png"},
         param="images"),
    post("a word that the enumeration lacks", "/v1/prices", {**FLAT, "recurring[interval]": "fortnight"},
         param="recurring[interval]", message="Invalid interval: must be one of day, month, week, or year"),
    post("an empty text that cannot unset", "/v1/products", {"name": ""}, code=EMPTY, param="name"),
    post("an empty text on create", "/v1/products", {"name": "x", "description": ""}, code=EMPTY, param="description"),
    post("an empty text on an update that the type forbids", "/v1/products/prod_pro", {"statement_descriptor": ""},
         code=EMPTY, param="statement_descriptor"),
    get("an unknown filter", "/v1/prices", {"colour": "red"}, code=UNKNOWN, param="colour"),
    get("a limit over 100", "/v1/prices", {"limit": 101}, code=INTEGER, param="limit"),
    get("a limit under 1", "/v1/prices", {"limit": 0}, code=INTEGER, param="limit"),
    get("both cursors", "/v1/products", {"starting_after": "prod_pro", "ending_before": "prod_team"}, code=EXCLUSIVE),
    get("a cursor that is not there", "/v1/products", {"starting_after": "prod_gone"}, code=GONE,
        param="starting_after"),
    get("a field that cannot be expanded", "/v1/products/prod_pro", {"expand[0]": "name"},
        message="This property cannot be expanded (name)."),
    get("an expansion of a list without its prefix", "/v1/prices", {"expand[0]": "product"},
        message="You may want to try expanding 'data.product' instead."),
    get("an expansion five levels deep", "/v1/prices", {"expand[0]": "data.product.default_price.product.tax_code"},
        message="more than 4 levels"),
    get("an unknown address", "/v1/gadgets", status=404, message="Unrecognized request URL (GET: /v1/gadgets)."),
    delete("an address without that method", "/v1/prices/{price}", status=404),
    post("metadata with 51 keys", "/v1/products", {"name": "x", **{f"metadata[k{n}]": "v" for n in range(51)}},
         param="metadata"),
    post("a metadata key of 41 characters", "/v1/products", {"name": "x", f"metadata[{'k' * 41}]": "v"},
         param="metadata"),
    post("a metadata value of 501 characters", "/v1/products", {"name": "x", "metadata[k]": "v" * 501},
         param="metadata[k]"),
    post("square brackets in a metadata key", "/v1/products", {"name": "x", "metadata[a[b]": "v"}, param="metadata"),
]

PRODUCTS = [
    get("a product that is not there: 404 names the placeholder", "/v1/products/prod_gone", status=404, code=GONE,
        param="id", message="No such product: 'prod_gone'"),
    post("a product id that is taken", "/v1/products", {"name": "x", "id": "prod_pro"}, code="resource_already_exists",
         param="id"),
    post("an id on update", "/v1/products/prod_pro", {"id": "x"}, code=UNKNOWN, param="id"),
    post("a default price on create", "/v1/products", {"name": "x", "default_price": "p"}, code=UNKNOWN),
    post("first price data on update", "/v1/products/prod_pro", {"default_price_data[currency]": "usd"}, code=UNKNOWN),
    post("an unknown tax code", "/v1/products", {"name": "x", "tax_code": "txcd_1"}, code=GONE, param="tax_code"),
    post("nine images", "/v1/products", {"name": "x", **{f"images[{n}]": f"https://a.example/{n}" for n in range(9)}},
         param="images"),
    post("sixteen marketing features", "/v1/products",
         {"name": "x", **{f"marketing_features[{n}][name]": "f" for n in range(16)}}, param="marketing_features"),
    post("a marketing feature of 81 characters", "/v1/products", {"name": "x", "marketing_features[0][name]": "f" * 81},
         param="marketing_features[0][name]"),
    post("a unit label of 13 characters", "/v1/products", {"name": "x", "unit_label": "u" * 13}, param="unit_label"),
    post("a statement descriptor of 23 characters", "/v1/products", {"name": "x", "statement_descriptor": "s" * 23},
         param="statement_descriptor"),
    post("a statement descriptor with a star", "/v1/products", {"name": "x", "statement_descriptor": "PRO*PLAN"},
         param="statement_descriptor"),
    post("a description of 40,001 characters", "/v1/products", {"name": "x", "description": "d" * 40_001},
         param="description"),
    post("an address that is none", "/v1/products", {"name": "x", "url": "shop"}, code="url_invalid", param="url"),
    post("a default price of another product", "/v1/products/prod_team", {"default_price": "{price}"},
         param="default_price"),
    post("an archived default price", "/v1/products/prod_pro", {"default_price": "{old}"}, param="default_price"),
    post("a default price that is not there", "/v1/products/prod_pro", {"default_price": "price_gone"}, code=GONE,
         param="default_price"),
    delete("a product with prices", "/v1/products/prod_pro",
           message="This product cannot be deleted because it has one or more user-created prices."),
    get("a deleted product", "/v1/products/prod_team", status=404, code=GONE, param="id",
        after=(("DELETE", "/v1/products/prod_team", {}),)),
    get("a filter by ids together with a cursor", "/v1/products", {"ids[0]": "prod_pro", "starting_after": "prod_team"},
        code=EXCLUSIVE),
]

PRICES = [
    get("a price that is not there", "/v1/prices/price_gone", status=404, code=GONE, param="price",
        message="No such price: 'price_gone'"),
    post("a price without a product", "/v1/prices", {"currency": "usd", "unit_amount": 1}, code=MISSING,
         param="product"),
    post("a product and product data", "/v1/prices", {**FLAT, "product_data[name]": "x"}, code=EXCLUSIVE),
    post("a product named in the body that is not there: 400", "/v1/prices", {**FLAT, "product": "prod_gone"},
         code=GONE, param="product", message="No such product: 'prod_gone'"),
    get("a product named in a filter that is not there: 400", "/v1/prices", {"product": "prod_gone"}, code=GONE,
        param="product"),
    post("a price without any amount", "/v1/prices", BASE, message="Prices require an `unit_amount`"),
    post("both spellings of an amount", "/v1/prices", {**FLAT, "unit_amount_decimal": "100"}, code=EXCLUSIVE,
         message="You may only specify one of these parameters: unit_amount, unit_amount_decimal."),
    post("a negative amount", "/v1/prices", {**BASE, "unit_amount": -1}, code=INTEGER, param="unit_amount"),
    post("thirteen decimal places", "/v1/prices", {**BASE, "unit_amount_decimal": "0.0000000000001"},
         param="unit_amount_decimal"),
    post("an amount with an exponent", "/v1/prices", {**BASE, "unit_amount_decimal": "1e3"},
         param="unit_amount_decimal"),
    post("a currency in upper case", "/v1/prices", {**FLAT, "currency": "USD"}, param="currency"),
    post("a currency that is not supported", "/v1/prices", {**FLAT, "currency": "xxx"}, param="currency"),
    post("a currency map with an upper-case key", "/v1/prices", {**FLAT, "currency_options[EUR][unit_amount]": 1},
         message="Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`."),
    post("the top-level currency among the options", "/v1/prices", {**FLAT, "currency_options[usd][unit_amount]": 1},
         param="currency_options[usd]"),
    post("the top-level currency among the options of an update", "/v1/prices/{price}",
         {"currency_options[usd][unit_amount]": 1}, param="currency_options[usd]",
         message="You are specifying an update to a currency option that matches the top-level currency"),
    post("more than 36 months", "/v1/prices", {**MONTHLY, "recurring[interval_count]": 37},
         param="recurring[interval_count]"),
    post("more than 3 years", "/v1/prices",
         {**FLAT, "recurring[interval]": "year", "recurring[interval_count]": 4}, param="recurring[interval_count]"),
    post("more than 156 weeks", "/v1/prices",
         {**FLAT, "recurring[interval]": "week", "recurring[interval_count]": 157}, param="recurring[interval_count]"),
    post("an interval count of zero", "/v1/prices", {**MONTHLY, "recurring[interval_count]": 0},
         code=INTEGER, param="recurring[interval_count]"),
    post("a metered price without a meter", "/v1/prices", {**MONTHLY, "recurring[usage_type]": "metered"},
         message="metered prices must be backed by meters."),
    post("a meter on a licensed price", "/v1/prices", {**MONTHLY, "recurring[meter]": "{meter}"},
         param="recurring[meter]"),
    post("a meter named by a price that is not there", "/v1/prices",
         {**MONTHLY, "recurring[usage_type]": "metered", "recurring[meter]": "mtr_gone"}, code=GONE,
         param="recurring[meter]"),
    post("an inactive meter", "/v1/prices",
         {**MONTHLY, "recurring[usage_type]": "metered", "recurring[meter]": "{meter}"}, param="recurring[meter]",
         after=(("POST", "/v1/billing/meters/{meter}/deactivate", {}),)),
    post("tiers without the scheme", "/v1/prices", {**BASE, "tiers[0][up_to]": "inf", "tiers[0][unit_amount]": 1},
         param="tiers"),
    post("the scheme without tiers", "/v1/prices", TIERED, code=MISSING, param="tiers"),
    post("tiers without a mode", "/v1/prices",
         {**BASE, "billing_scheme": "tiered", "tiers[0][up_to]": "inf", "tiers[0][unit_amount]": 1}, code=MISSING,
         param="tiers_mode"),
    post("tiers that end", "/v1/prices", {**TIERED, "tiers[0][up_to]": 10, "tiers[0][unit_amount]": 1},
         param="tiers[0][up_to]"),
    post("tiers that do not rise", "/v1/prices",
         {**TIERED, "tiers[0][up_to]": 10, "tiers[0][unit_amount]": 1, "tiers[1][up_to]": 10,
          "tiers[1][unit_amount]": 1, "tiers[2][up_to]": "inf", "tiers[2][unit_amount]": 1},
         param="tiers[1][up_to]"),
    post("a tier without an amount", "/v1/prices", {**TIERED, "tiers[0][up_to]": "inf"}, param="tiers[0]"),
    post("tiers and a package", "/v1/prices",
         {**TIERED, "tiers[0][up_to]": "inf", "tiers[0][unit_amount]": 1, "transform_quantity[divide_by]": 5,
          "transform_quantity[round]": "up"}, code=EXCLUSIVE),
    post("a package of nothing", "/v1/prices",
         {**MONTHLY, "transform_quantity[divide_by]": 0, "transform_quantity[round]": "up"},
         code=INTEGER, param="transform_quantity[divide_by]"),
    post("pay what you want every month", "/v1/prices",
         {**BASE, "custom_unit_amount[enabled]": "true", "recurring[interval]": "month"}, param="custom_unit_amount"),
    post("pay what you want, switched off", "/v1/prices", {**BASE, "custom_unit_amount[enabled]": "false"},
         param="custom_unit_amount[enabled]"),
    post("a preset outside its bounds", "/v1/prices",
         {**BASE, "custom_unit_amount[enabled]": "true", "custom_unit_amount[minimum]": 500,
          "custom_unit_amount[preset]": 100}, param="custom_unit_amount[preset]"),
    post("a lookup key that is taken", "/v1/prices", {**FLAT, "lookup_key": "pro.month"},
         param="lookup_key", message="A price (`{price}`) already uses that lookup key."),
    post("a lookup key that an archived price holds", "/v1/prices", {**FLAT, "lookup_key": "pro.old"},
         message="A price (`{old}`) already uses that lookup key."),
    post("a taken lookup key on update", "/v1/prices/{price}", {"lookup_key": "pro.old"}, param="lookup_key"),
    post("a lookup key of 201 characters", "/v1/prices", {**FLAT, "lookup_key": "k" * 201}, param="lookup_key"),
    get("eleven lookup keys in the filter", "/v1/prices", {f"lookup_keys[{n}]": f"k{n}" for n in range(11)},
        param="lookup_keys"),
    *(
        post(f"{name} is immutable", "/v1/prices/{price}", {key: value},
             code=UNKNOWN, param=name)
        for name, key, value in (
            ("unit_amount", "unit_amount", 5), ("unit_amount_decimal", "unit_amount_decimal", "5"),
            ("currency", "currency", "eur"), ("recurring", "recurring[interval]", "year"),
            ("product", "product", "prod_team"), ("billing_scheme", "billing_scheme", "tiered"),
            ("tiers_mode", "tiers_mode", "volume"), ("transform_quantity", "transform_quantity[divide_by]", 2),
            ("custom_unit_amount", "custom_unit_amount[enabled]", "true"),
        )
    ),
    post("the default price cannot be archived", "/v1/prices/{price}", {"active": "false"},
         message="This price cannot be archived because it is the default price of its product.",
         after=(("POST", "/v1/products/prod_pro", {"default_price": "{price}"}),)),
    post("the tax behavior changes once", "/v1/prices/{price}", {"tax_behavior": "inclusive"}, param="tax_behavior",
         after=(("POST", "/v1/prices/{price}", {"tax_behavior": "exclusive"}),)),
]

COUPONS = [
    get("a coupon that is not there", "/v1/coupons/NONE", status=404, code=GONE, param="coupon",
        message="No such coupon: 'NONE'"),
    post("a coupon id that is taken", "/v1/coupons", {"id": "SAVE10", "percent_off": 5},
         code="resource_already_exists", message="Coupon already exists."),
    post("a coupon worth nothing", "/v1/coupons", {"duration": "once"}),
    post("percent and amount", "/v1/coupons", {"percent_off": 5, "amount_off": 5, "currency": "usd"}, code=EXCLUSIVE),
    post("an amount without a currency", "/v1/coupons", {"amount_off": 5}, code=MISSING, param="currency"),
    post("over 100 percent", "/v1/coupons", {"percent_off": 101}, param="percent_off"),
    post("zero percent", "/v1/coupons", {"percent_off": 0}, param="percent_off"),
    post("repeating without months", "/v1/coupons", {"percent_off": 5, "duration": "repeating"}, code=MISSING,
         param="duration_in_months"),
    post("months without repeating", "/v1/coupons", {"percent_off": 5, "duration": "once", "duration_in_months": 3},
         param="duration_in_months"),
    post("further currencies of a percentage", "/v1/coupons",
         {"percent_off": 5, "currency_options[eur][amount_off]": 1}, param="currency_options"),
    post("a name of 41 characters", "/v1/coupons", {"percent_off": 5, "name": "n" * 41}, param="name"),
    post("an end in the past", "/v1/coupons", {"percent_off": 5, "redeem_by": 1_000_000_000}, param="redeem_by"),
    post("an end in more than five years", "/v1/coupons", {"percent_off": 5, "redeem_by": 4_000_000_000},
         param="redeem_by"),
    post("products that are not there", "/v1/coupons", {"percent_off": 5, "applies_to[products][0]": "prod_gone"},
         code=GONE, param="applies_to[products]"),
    *(
        post(f"a coupon's {name} is immutable", "/v1/coupons/SAVE10", {key: value}, code=UNKNOWN, param=name)
        for name, key, value in (
            ("percent_off", "percent_off", 20), ("duration", "duration", "forever"),
            ("max_redemptions", "max_redemptions", 5), ("redeem_by", "redeem_by", 1),
            ("applies_to", "applies_to[products][0]", "prod_pro"),
        )
    ),
    get("a deleted coupon", "/v1/coupons/SAVE10", status=404, code=GONE, param="coupon",
        after=(("DELETE", "/v1/coupons/SAVE10", {}),)),
    post("a coupon at the top level of a promotion code (before clover)", "/v1/promotion_codes",
         {**CODE, "coupon": "SAVE10"}, code=UNKNOWN, param="coupon"),
    post("a promotion code of nothing", "/v1/promotion_codes", {"code": "X"}, code=MISSING, param="promotion"),
    post("a coupon named in the body that is not there", "/v1/promotion_codes",
         {"promotion[type]": "coupon", "promotion[coupon]": "NONE"}, code=GONE, param="promotion[coupon]"),
    post("a code that an active one has, in another case", "/v1/promotion_codes", {**CODE, "code": "hello"},
         message="An active promotion code with `code: hello` already exists."),
    post("a code with a space", "/v1/promotion_codes", {**CODE, "code": "HI THERE"}, param="code"),
    post("a code of 501 characters", "/v1/promotion_codes", {**CODE, "code": "C" * 501}, param="code"),
    post("a minimum without a currency", "/v1/promotion_codes", {**CODE, "restrictions[minimum_amount]": 5},
         code=MISSING, param="restrictions[minimum_amount_currency]"),
    post("a promotion code's code is immutable", "/v1/promotion_codes/{code}", {"code": "NEW"}, code=UNKNOWN),
    post("a promotion code's minimum is immutable", "/v1/promotion_codes/{code}", {"restrictions[minimum_amount]": 5},
         code=UNKNOWN, param="restrictions[minimum_amount]"),
    post("a code comes back only while its coupon is there", "/v1/promotion_codes/{code}", {"active": "true"},
         param="active", after=(("DELETE", "/v1/coupons/SAVE10", {}),)),
    post("a code comes back only while no other one took it", "/v1/promotion_codes/{code}", {"active": "true"},
         message="already exists",
         after=(("POST", "/v1/promotion_codes/{code}", {"active": "false"}),
                ("POST", "/v1/promotion_codes", {**CODE, "code": "HELLO"}))),
    get("a filter by a coupon that is not there", "/v1/promotion_codes", {"coupon": "NONE"}, code=GONE, param="coupon"),
]

METERS_AND_FEATURES = [
    get("a meter that is not there", "/v1/billing/meters/mtr_gone", status=404, code=GONE, param="id"),
    post("a second active meter of one event", "/v1/billing/meters",
         {"display_name": "x", "event_name": "calls", "default_aggregation[formula]": "count"}, param="event_name"),
    *(
        post(f"a meter's {name} is immutable", "/v1/billing/meters/{meter}", {key: value}, code=UNKNOWN, param=name)
        for name, key, value in (
            ("event_name", "event_name", "x"), ("default_aggregation", "default_aggregation[formula]", "count"),
            ("value_settings", "value_settings[event_payload_key]", "v"), ("metadata", "metadata[a]", "b"),
        )
    ),
    post("a meter's name of 251 characters", "/v1/billing/meters/{meter}", {"display_name": "n" * 251},
         param="display_name"),
    post("a meter that is off already", "/v1/billing/meters/{meter}/deactivate",
         after=(("POST", "/v1/billing/meters/{meter}/deactivate", {}),),
         message="already inactive"),
    post("a meter comes back only while its event is free", "/v1/billing/meters/{meter}/reactivate", param="event_name",
         after=(("POST", "/v1/billing/meters/{meter}/deactivate", {}),
                ("POST", "/v1/billing/meters",
                 {"display_name": "x", "event_name": "calls", "default_aggregation[formula]": "sum"}))),
    get("a feature that is not there", "/v1/entitlements/features/feat_gone", status=404, code=GONE, param="id"),
    post("a feature's lookup key that is taken", "/v1/entitlements/features", {"name": "x", "lookup_key": "exports"},
         param="lookup_key"),
    post("a feature's lookup key stays taken once archived", "/v1/entitlements/features",
         {"name": "x", "lookup_key": "exports"}, param="lookup_key",
         after=(("POST", "/v1/entitlements/features/{feature}", {"active": "false"}),)),
    post("a feature's lookup key is immutable", "/v1/entitlements/features/{feature}", {"lookup_key": "x"},
         code=UNKNOWN, param="lookup_key"),
    post("a feature cannot be made archived", "/v1/entitlements/features",
         {"name": "x", "lookup_key": "y", "active": "false"}, code=UNKNOWN, param="active"),
    post("a feature's name of 81 characters", "/v1/entitlements/features", {"name": "n" * 81, "lookup_key": "y"},
         param="name"),
    post("a feature attached twice", "/v1/products/prod_pro/features", {"entitlement_feature": "{feature}"},
         param="entitlement_feature"),
    post("an archived feature attached", "/v1/products/prod_team/features", {"entitlement_feature": "{feature}"},
         param="entitlement_feature", after=(("POST", "/v1/entitlements/features/{feature}", {"active": "false"}),)),
    post("a feature attached to a product that is not there", "/v1/products/prod_gone/features",
         {"entitlement_feature": "{feature}"}, status=404, code=GONE, param="product"),
    get("a feature of another product", "/v1/products/prod_team/features/{attached}", status=404, code=GONE),
]

PORTALS = [
    get("a configuration that is not there", f"{PORTAL}/bpc_gone", status=404, code=GONE, param="configuration"),
    post("a configuration without features", PORTAL, {"name": "x"}, code=MISSING, param="features"),
    post("plan switches without products", PORTAL, SWITCH, code=MISSING, param=f"{UPDATES}[products]"),
    post("plan switches without allowed updates", PORTAL,
         {f"{UPDATES}[enabled]": "true", f"{UPDATES}[products][0][product]": "prod_pro",
          f"{UPDATES}[products][0][prices][0]": "{price}"},
         code=MISSING, param=f"{UPDATES}[default_allowed_updates]"),
    post("eleven products", PORTAL,
         {**SWITCH, **{f"{UPDATES}[products][{n}][product]": f"prod_{n}" for n in range(11)},
          **{f"{UPDATES}[products][{n}][prices][0]": "price_x" for n in range(11)}},
         param=f"{UPDATES}[products]"),
    post("a price of another product", PORTAL,
         {**SWITCH, f"{UPDATES}[products][0][product]": "prod_team",
          f"{UPDATES}[products][0][prices][0]": "{price}"}, param=f"{UPDATES}[products][0][prices]"),
    post("an archived price", PORTAL,
         {**SWITCH, f"{UPDATES}[products][0][product]": "prod_pro", f"{UPDATES}[products][0][prices][0]": "{old}"},
         param=f"{UPDATES}[products][0][prices]"),
    post("a product that is not there", PORTAL,
         {**SWITCH, f"{UPDATES}[products][0][product]": "prod_gone", f"{UPDATES}[products][0][prices][0]": "{price}"},
         code=GONE, param=f"{UPDATES}[products][0][product]"),
    post("customer updates of nothing", PORTAL, {"features[customer_update][enabled]": "true"}, code=MISSING,
         param="features[customer_update][allowed_updates]"),
    post("a headline of 61 characters", PORTAL,
         {"features[invoice_history][enabled]": "true", "business_profile[headline]": "h" * 61},
         param="business_profile[headline]"),
    post("a return address that is none", PORTAL,
         {"features[invoice_history][enabled]": "true", "default_return_url": "home"}, code="url_invalid"),
    post("active on create", PORTAL, {"features[invoice_history][enabled]": "true", "active": "false"}, code=UNKNOWN),
    post("the default configuration cannot be switched off", f"{PORTAL}/{{default_portal}}", {"active": "false"},
         param="active"),
    post("prorations at the period's end", PORTAL,
         {"features[subscription_cancel][enabled]": "true",
          "features[subscription_cancel][proration_behavior]": "create_prorations"},
         param="features[subscription_cancel][proration_behavior]"),
]

TAXES_HOOKS_METHODS = [
    post("a registration before the head office", "/v1/tax/registrations", GERMANY, code="stripe_tax_inactive"),
    post("a second registration of one place", "/v1/tax/registrations", GERMANY,
         after=(TAXED, ("POST", "/v1/tax/registrations", GERMANY)), message="already a registration"),
    post("options of another country", "/v1/tax/registrations",
         {"country": "FR", "active_from": "now", "country_options[de][type]": "standard"}, after=(TAXED,),
         param="country_options[de]"),
    post("a state is missing", "/v1/tax/registrations",
         {"country": "US", "active_from": "now", "country_options[us][type]": "state_sales_tax"}, after=(TAXED,),
         code=MISSING, param="country_options[us][state]"),
    post("a registration that began in the past", "/v1/tax/registrations", {**GERMANY, "active_from": 1_000_000_000},
         after=(TAXED,), param="active_from"),
    post("a tax code that is not there", "/v1/tax/settings", {"defaults[tax_code]": "txcd_1"}, code=GONE,
         param="defaults[tax_code]"),
    post("a head office nowhere", "/v1/tax/settings", {"head_office[address][city]": "Berlin"},
         param="head_office[address][country]"),
    get("a tax code that is not there, by path", "/v1/tax_codes/txcd_1", status=404, code=GONE, param="id"),
    post("an event that does not exist", "/v1/webhook_endpoints",
         {"url": "https://shop.example", "enabled_events[0]": "product.painted"}, param="enabled_events[0]"),
    post("an endpoint without events", "/v1/webhook_endpoints", {"url": "https://shop.example"}, code=MISSING,
         param="enabled_events"),
    post("an endpoint's version that does not exist", "/v1/webhook_endpoints",
         {"url": "https://shop.example", "enabled_events[0]": "*", "api_version": "2026-01-01.gaia"},
         param="api_version"),
    post("an endpoint's address that is none", "/v1/webhook_endpoints",
         {"url": "shop.example", "enabled_events[0]": "*"}, code="url_invalid", param="url"),
    post("an endpoint's version is immutable", "/v1/webhook_endpoints/{hook}", {"api_version": "2026-10-28.endive"},
         code=UNKNOWN, param="api_version"),
    post("the seventeenth endpoint", "/v1/webhook_endpoints",
         {"url": "https://shop.example/17", "enabled_events[0]": "*"}, message="Allowed webhook API limit exceeded",
         after=tuple(("POST", "/v1/webhook_endpoints", {"url": f"https://shop.example/{n}", "enabled_events[0]": "*"})
                     for n in range(15))),
    get("an endpoint that is not there", "/v1/webhook_endpoints/we_gone", status=404, code=GONE,
        param="webhook_endpoint"),
    post("a payment method that does not exist", "/v1/payment_method_configurations",
         {"barter[display_preference][preference]": "on"}, code=UNKNOWN, param="barter"),
    post("a preference that does not exist", "/v1/payment_method_configurations",
         {"card[display_preference][preference]": "maybe"}, param="card[display_preference][preference]"),
    post("a configuration's parent is immutable", "/v1/payment_method_configurations/{methods}", {"parent": "pmc_x"},
         code=UNKNOWN, param="parent"),
    get("twenty-one event types", "/v1/events", {f"types[{n}]": "price.created" for n in range(21)}, param="types"),
    get("type and types", "/v1/events", {"type": "price.created", "types[0]": "price.updated"}, code=EXCLUSIVE),
]
# fmt: on

CASES = [*PARAMETERS, *PRODUCTS, *PRICES, *COUPONS, *METERS_AND_FEATURES, *PORTALS, *TAXES_HOOKS_METHODS]
