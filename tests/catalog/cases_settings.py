"""Shops that break the rules about tax and webhooks."""

from __future__ import annotations

from billform.catalog.rules import tax, webhooks

from .rule_shop import ENDPOINT, HOOK, OFFICE, Case, endpoint, hook, laid_over, registered

CASES: tuple[Case, ...] = (
    # tax
    Case(
        "automatic_tax_nowhere",
        tax.automatic_tax_has_registrations,
        ("C080",),
        {"tax": {"automatic": True, **OFFICE}},
    ),
    Case(
        "simplified_germany",
        tax.registration_types_exist,
        ("C081",),
        registered(de={"country": "DE", "type": "simplified"}),
    ),
    Case("tax_in_antarctica", tax.registration_types_exist, ("C081",), registered(aq={"country": "AQ"})),
    Case(
        "american_without_state",
        tax.registrations_have_places,
        ("C082",),
        registered(us={"country": "US", "type": "state_sales_tax"}),
    ),
    Case(
        "canadian_without_province",
        tax.registrations_have_places,
        ("C082",),
        registered(ca={"country": "CA", "type": "province_standard"}),
    ),
    Case(
        "parking_without_jurisdiction",
        tax.registrations_have_places,
        ("C082",),
        registered(us={"country": "US", "type": "parking_tax", "state": "IL"}),
    ),
    Case("german_state", tax.registrations_have_places, ("C082",), registered(de={"country": "DE", "state": "BY"})),
    Case(
        "german_election",
        tax.registrations_have_places,
        ("C082",),
        registered(de={"country": "DE", "elections": [{"type": "local_use_tax"}]}),
    ),
    Case(
        "one_stop_with_place_of_supply",
        tax.registrations_have_places,
        ("C082",),
        registered(de={"country": "DE", "type": "oss_union", "place_of_supply": "standard"}),
    ),
    Case(
        "registered_twice",
        tax.registrations_are_single,
        ("C083",),
        registered(a={"country": "DE"}, b={"country": "DE"}),
    ),
    Case(
        "registered_again_after_an_end",
        tax.registrations_are_single,
        ("C083",),
        registered(a={"country": "DE"}, b={"country": "DE", "ends": "2027-01-31"}),
    ),
    Case(
        "ends_before_it_starts",
        tax.registrations_end_after_they_start,
        ("C084",),
        registered(a={"country": "DE", "starts": "2027-02-01", "ends": "2027-01-31"}),
    ),
    Case(
        "registered_without_office",
        tax.head_office_is_known,
        ("C085",),
        {"tax": {"registrations": {"de": {"country": "DE"}}}},
    ),
    Case(
        "amounts_neither_way",
        tax.tax_behavior_is_known,
        ("C086", "C086"),
        laid_over(registered(de={"country": "DE"}), {"tax": {"automatic": True, "settings": {"tax_behavior": None}}}),
    ),
    Case(
        "method_that_is_not",
        tax.payment_methods_exist,
        ("C087",),
        {"payment_methods": {"default": {"methods": {"card": "on", "sepa": "on"}}}},
    ),
    Case(
        "configuration_whose_name_leaves_no_room_for_whose_it_is",
        tax.payment_configurations_can_be_signed,
        ("C089",),
        {"payment_methods": {"a": {"name": "x" * 80}, "abc": {"name": "y" * 80}}},
    ),
    Case(
        "configurations_of_one_name",
        tax.payment_configurations_are_single,
        ("C088",),
        {
            "payment_methods": {
                "web_shop": {"methods": {"card": "on"}},
                "b": {"name": "Web shop"},
                "c": {"name": "Shop"},
            }
        },
    ),
    # webhooks
    Case("event_that_is_not", webhooks.stripe_events_exist, ("C090",), endpoint(events=["invoice.payed"])),
    Case("scope_that_is_not", webhooks.bigcommerce_scopes_exist, ("C091",), hook(scope="store/orders/created")),
    Case(
        "hook_on_another_port",
        webhooks.webhooks_can_be_delivered,
        ("C092",),
        hook(destination="https://h.example:8443/"),
    ),
    Case("hook_in_plain_http", webhooks.webhooks_can_be_delivered, ("C092",), hook(destination="http://h.example/")),
    Case("endpoint_in_plain_http", webhooks.webhooks_can_be_delivered, ("C092",), endpoint(url="http://h.example/")),
    Case(
        "live_endpoint_on_this_machine",
        webhooks.webhooks_can_be_delivered,
        ("C092",),
        endpoint(url="http://localhost:4242/"),
        mode="live",
    ),
    Case(
        "seventeen_endpoints",
        webhooks.webhooks_are_few,
        ("C093",),
        {"webhooks": {"stripe": {f"e{n}": {**ENDPOINT, "url": f"https://h.example/{n}"} for n in range(17)}}},
    ),
    Case(
        "eleven_hooks_of_a_scope",
        webhooks.webhooks_are_few,
        ("C093",),
        {"webhooks": {"bigcommerce": {f"h{n}": {**HOOK, "destination": f"https://h.example/{n}"} for n in range(11)}}},
    ),
    Case(
        "endpoint_twice",
        webhooks.webhooks_are_single,
        ("C094",),
        {"webhooks": {"stripe": {"a": ENDPOINT, "b": {**ENDPOINT, "url": f"{ENDPOINT['url']}/"}}}},
    ),
    Case("hook_twice", webhooks.webhooks_are_single, ("C094",), {"webhooks": {"bigcommerce": {"a": HOOK, "b": HOOK}}}),
    Case("secret_written_out", webhooks.headers_keep_secrets_out, ("C095",), hook(headers={"X-Hook-Token": "s3cret"})),
    Case("secret_of_no_name", webhooks.headers_keep_secrets_out, ("C095",), hook(headers={"X-Any": "env:"})),
    *(
        Case(
            f"variable_named_as_{index}",
            webhooks.headers_keep_secrets_out,
            ("C095",),
            hook(headers={"X-Any": written}),
            "would be sent as it is written",
        )
        for index, written in enumerate(("ENV:HOOK_TOKEN", "Env: HOOK_TOKEN", "$HOOK_TOKEN", "${HOOK_TOKEN}"))
    ),
    Case("event_twice", webhooks.events_are_named_once, ("C096",), endpoint(events=["invoice.paid", "invoice.paid"])),
    Case("event_beside_all", webhooks.events_are_named_once, ("C096",), endpoint(events=["*", "invoice.paid"])),
)
