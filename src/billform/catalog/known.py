"""What is known by name: kinds; and to the vendors, events, scopes, countries, tax registrations, payment methods."""

from __future__ import annotations

from collections.abc import Mapping

KINDS = frozenset(
    (
        "bigcommerce.channel_assignment bigcommerce.customer_attribute bigcommerce.customer_group "
        "bigcommerce.metafield bigcommerce.price_list bigcommerce.price_list_assignment bigcommerce.price_record "
        "bigcommerce.product bigcommerce.script bigcommerce.variant bigcommerce.webhook "
        "stripe.coupon stripe.default_price stripe.feature stripe.meter stripe.payment_method_configuration "
        "stripe.portal_configuration stripe.price stripe.product stripe.product_feature stripe.promotion_code "
        "stripe.tax_registration stripe.tax_settings stripe.webhook_endpoint"
    ).split()
)
"""What is managed, as addresses name it; a test holds it against the kinds that there are."""

COUNTRIES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
        "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
        "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
        "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
        "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
        "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
        "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
        "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
    ).split()
)
"""ISO 3166-1, two letters."""

PAYMENT_METHODS = frozenset(
    (
        "acss_debit affirm afterpay_clearpay alipay alma amazon_pay apple_pay apple_pay_later au_becs_debit "
        "bacs_debit bancontact billie bizum blik boleto card cartes_bancaires cashapp crypto customer_balance "
        "eps fpx fr_meal_voucher_conecs giropay google_pay grabpay ideal jcb kakao_pay klarna konbini kr_card "
        "link mb_way mobilepay multibanco naver_pay nz_bank_account oxxo p24 pay_by_bank payco paynow paypal "
        "paypay payto pix promptpay revolut_pay samsung_pay satispay scalapay sepa_debit sequra sofort sunbit "
        "swish twint upi us_bank_account wechat_pay zip"
    ).split()
)
"""Members of a payment method configuration, API version 2026-10-28.endive."""

_EVENTS = """
account.application: authorized deauthorized
account.external_account: created deleted updated
account: updated
application_fee: created refunded
application_fee.refund: updated
apps.install: created deleted updated
balance: available
balance_settings: updated
billing.alert: triggered
billing.credit_balance_transaction: created
billing.credit_grant: created updated
billing.meter: created deactivated reactivated updated
billing_portal.configuration: created updated
billing_portal.session: created
capability: updated
cash_balance: funds_available
charge: captured expired failed pending refunded succeeded updated
charge.dispute: closed created funds_reinstated funds_withdrawn updated
charge.refund: updated
checkout.session: async_payment_failed async_payment_succeeded completed expired
climate.order: canceled created delayed delivered product_substituted
climate.product: created pricing_updated
coupon: created deleted updated
credit_note: created updated voided
customer: created deleted updated
customer.discount: created deleted updated
customer.source: created deleted expiring updated
customer.subscription: created deleted paused pending_update_applied pending_update_expired resumed
customer.subscription: trial_will_end updated
customer.tax_id: created deleted updated
customer_cash_balance_transaction: created
entitlements.active_entitlement_summary: updated
file: created
financial_connections.account: account_numbers_updated created deactivated disconnected
financial_connections.account: expected_deactivation_date_updated reactivated refreshed_balance
financial_connections.account: refreshed_ownership refreshed_transactions supported_payment_method_types_updated
financial_connections.account: upcoming_account_number_expiry upcoming_deactivation
financial_connections.authorization: expected_deactivation_date_updated upcoming_deactivation
identity.verification_session: canceled created processing redacted requires_input verified
invoice: created deleted finalization_failed finalized marked_uncollectible overdue overpaid paid
invoice: payment_action_required payment_attempt_required payment_failed payment_succeeded sent upcoming updated
invoice: voided will_be_due
invoice_payment: paid
invoiceitem: created deleted
issuing_authorization: created request updated
issuing_card: created updated
issuing_cardholder: created updated
issuing_dispute: closed created funds_reinstated funds_rescinded submitted updated
issuing_personalization_design: activated deactivated rejected updated
issuing_token: created updated
issuing_transaction: created purchase_details_receipt_updated updated
mandate: updated
payment_intent: amount_capturable_updated canceled created partially_funded payment_failed processing
payment_intent: requires_action succeeded
payment_link: created updated
payment_method: attached automatically_updated detached updated
payout: canceled created failed paid reconciliation_completed updated
person: created deleted updated
plan: created deleted updated
price: created deleted updated
product: created deleted updated
promotion_code: created updated
quote: accepted canceled created finalized
radar.early_fraud_warning: created updated
refund: created failed updated
reporting.report_run: failed succeeded
reporting.report_type: updated
reserve.hold: created updated
reserve.plan: created disabled expired updated
reserve.release: created
review: closed opened
setup_intent: canceled created requires_action setup_failed succeeded
sigma.scheduled_query_run: created
source: canceled chargeable failed mandate_notification refund_attributes_required
source.transaction: created updated
subscription_schedule: aborted canceled completed created expiring released updated
tax.settings: updated
tax_rate: created updated
terminal.reader: action_failed action_succeeded action_updated
test_helpers.test_clock: advancing created deleted internal_failure ready
three_d_secure.authentication: canceled challenge_started errored failed requires_challenge requires_submission
three_d_secure.authentication: succeeded
topup: canceled created failed reversed succeeded
transfer: created reversed updated
treasury.credit_reversal: created posted
treasury.debit_reversal: completed created initial_credit_granted
treasury.financial_account: closed created features_status_updated
treasury.inbound_transfer: canceled created failed succeeded
treasury.outbound_payment: canceled created expected_arrival_date_updated failed posted returned
treasury.outbound_payment: tracking_details_updated
treasury.outbound_transfer: canceled created expected_arrival_date_updated failed posted returned
treasury.outbound_transfer: tracking_details_updated
treasury.received_credit: created failed succeeded
treasury.received_debit: created
"""
STRIPE_EVENTS = frozenset(
    f"{thing}.{what}"
    for thing, _, happenings in (line.partition(": ") for line in _EVENTS.strip().splitlines())
    for what in happenings.split()
)
"""Snapshot events that an endpoint may ask for, API version 2026-10-28.endive."""

_SCOPES = (
    "app/uninstalled brand/metafield/created brand/metafield/deleted brand/metafield/updated "
    "cart/abandoned cart/converted cart/couponApplied cart/created cart/deleted cart/lineItem/created "
    "cart/lineItem/deleted cart/lineItem/updated cart/metafield/created cart/metafield/deleted "
    "cart/metafield/updated cart/updated category/created category/deleted category/metafield/created "
    "category/metafield/deleted category/metafield/updated category/updated channel/created "
    "channel/metafield/created channel/metafield/deleted channel/metafield/updated channel/updated "
    "customer/address/created customer/address/deleted customer/address/updated customer/created "
    "customer/channel/login/access/updated "
    "customer/deleted customer/payment/instrument/default/updated customer/updated hook/deliveryException "
    "information/updated inventory/location/created inventory/location/metafield/created "
    "inventory/location/metafield/deleted inventory/location/metafield/updated inventory/location/updated "
    "metafield/created metafield/deleted metafield/updated modifier/updated option/updated order/archived "
    "order/created order/message/created order/metafield/created order/metafield/deleted "
    "order/metafield/updated order/refund/created order/statusUpdated order/transaction/created "
    "order/transaction/updated order/updated priceList/activated priceList/assignment/deleted "
    "priceList/assignment/updated priceList/created priceList/deactivated priceList/deleted "
    "priceList/record/created priceList/record/deleted priceList/record/updated priceList/records/created "
    "priceList/records/deleted priceList/records/updated priceList/updated priceLists/deleted "
    "product/created product/deleted product/inventory/order/updated product/inventory/updated "
    "product/metafield/created product/metafield/deleted product/metafield/updated product/updated "
    "product/variant/metafield/created product/variant/metafield/deleted "
    "product/variant/metafield/updated shipment/created shipment/deleted shipment/updated sku/created "
    "sku/deleted sku/inventory/order/updated sku/inventory/updated sku/updated subscriber/created "
    "subscriber/deleted subscriber/updated "
)
BIGCOMMERCE_SCOPES = frozenset(f"store/{each}" for each in _SCOPES.split()) | {
    f"store/{each.rpartition('/')[0]}/*" for each in _SCOPES.split()
}
"""Scopes of a whole store, single and by wildcard; those of a channel carry its id and have no place in a catalog."""

_STANDARD = "AE AL AO AU AW BA BB BD BF BH BS CD CH ET GB GN IS JP ME MK MR NO NZ OM RS SG SR UY ZA ZW "
_SIMPLIFIED = (
    "AM AZ BJ BW BY CI CL CM CO CR CV EC EG GE GH ID IN KE KG KH KR KZ LA LK MA MD MU MX MY NG NP PE PH "
    "RU SA SN TH TJ TR TW TZ UA UG UZ VN ZM "
)
_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK "
_US_TYPES = (
    "admissions_tax attendance_tax digital_excise_tax entertainment_tax gross_receipts_tax "
    "hospitality_tax local_amusement_tax local_lease_tax luxury_tax mass_transit_parking_tax parking_tax "
    "resort_tax state_communications_tax state_retail_delivery_fee state_sales_tax tourism_tax "
    "utility_users_tax "
)
REGISTRATION_TYPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_STANDARD.split(), frozenset({"standard"})),
    **dict.fromkeys(_SIMPLIFIED.split(), frozenset({"simplified"})),
    **dict.fromkeys(_UNION.split(), frozenset({"standard", "oss_union", "oss_non_union", "ioss"})),
    "CA": frozenset({"standard", "simplified", "province_standard"}),
    "US": frozenset(_US_TYPES.split()),
}
"""How a business can be registered for tax, by country, API version 2026-10-28.endive."""

LOCAL_US_TAXES = frozenset(
    (
        "admissions_tax attendance_tax entertainment_tax gross_receipts_tax hospitality_tax "
        "local_amusement_tax local_lease_tax luxury_tax mass_transit_parking_tax parking_tax resort_tax "
        "tourism_tax utility_users_tax"
    ).split()
)
"""Registrations of the US that name the jurisdiction."""
