"""Tax codes: a list that Stripe keeps; read only. Here the ones that shops of software and services use."""

from __future__ import annotations

from typing import Final

from billform.simulator.stripe import change, lists
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.world import Row

KIND = Kind(name="tax_code", what="tax code")

_CODES: Final = (
    ("txcd_00000000", "Nontaxable", "Any nontaxable good or service."),
    ("txcd_10000000", "General - Electronically Supplied Services", "A digital service provided mainly over the web."),
    ("txcd_10101000", "Infrastructure as a service (IaaS) - personal use", "Computing infrastructure, personal use."),
    ("txcd_10101001", "Infrastructure as a service (IaaS) - business use", "Computing infrastructure, business use."),
    ("txcd_10102000", "Platform as a service (PaaS) - personal use", "A platform for applications, personal use."),
    ("txcd_10102001", "Platform as a service (PaaS) - business use", "A platform for applications, business use."),
    ("txcd_10103000", "Software as a service (SaaS) - personal use", "Pre-written software over the web, personal."),
    ("txcd_10103001", "Software as a service (SaaS) - business use", "Pre-written software over the web, business."),
    ("txcd_10103100", "Software as a service (SaaS) - electronic download - personal use", "SaaS with a download."),
    ("txcd_10103101", "Software as a service (SaaS) - electronic download - business use", "SaaS with a download."),
    ("txcd_10104001", "Cloud-based business process as a service", "Business processes hosted by the seller."),
    ("txcd_10201000", "Video Games - downloaded - non subscription", "A video game, downloaded, for ever."),
    ("txcd_10202000", "Downloadable Software - personal use", "Pre-written software, downloaded, personal use."),
    ("txcd_10202001", "Downloadable Software - custom - personal use", "Custom software, downloaded, personal use."),
    ("txcd_10202003", "Downloadable Software - business use", "Pre-written software, downloaded, business use."),
    ("txcd_10301000", "Audio Books - downloaded - non subscription", "A spoken book, downloaded, for ever."),
    ("txcd_10302000", "Digital Books - downloaded - non subscription", "A book, downloaded, for ever."),
    ("txcd_10304000", "Digital Magazines/Periodicals - subscription tangible and digital", "Print and digital."),
    ("txcd_10401000", "Digital Audio Works - downloaded - non subscription", "Sound, downloaded, for ever."),
    ("txcd_10402000", "Digital Video - streaming - subscription", "Films over the web while subscribed."),
    ("txcd_10501000", "Digital Photographs/Images - downloaded - non subscription", "Pictures, for ever."),
    ("txcd_10701000", "Website Advertising", "Advertising space on a web site."),
    ("txcd_10701100", "Website Hosting", "Room for a web site on a server."),
    ("txcd_10701200", "Website Design", "Planning and making a web site."),
    ("txcd_10702000", "Website Data Processing", "Processing of data over the web."),
    ("txcd_20030000", "General - Services", "A service that no other code describes."),
    ("txcd_20060000", "Professional Services", "Work of people with a profession."),
    ("txcd_20060045", "Consulting Services", "Advice by specialists."),
    ("txcd_20060058", "Training Services - Self Study Web Based", "Lessons over the web, at one's own pace."),
    ("txcd_92010001", "Shipping", "Carriage of goods to the buyer."),
    ("txcd_99999999", "General - Tangible Goods", "A physical good that no other code describes."),
)


def seed(ctx: Context) -> None:
    """Store the codes."""
    for code, name, description in reversed(_CODES):
        row = {"id": code, "object": "tax_code", "description": description, "name": name, "requirements": None}
        ctx.table(KIND).put(code, row)


def retrieve(ctx: Context) -> Row:
    """GET /v1/tax_codes/{id}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def listing(ctx: Context) -> Row:
    """GET /v1/tax_codes."""
    return lists.page(ctx, KIND, url="/v1/tax_codes")


ROUTES = (
    Route(method="GET", template="/v1/tax_codes", params="_tax_code_list", permission="tax_read", handler=listing),
    Route(
        method="GET",
        template="/v1/tax_codes/{id}",
        params="_tax_code_retrieve",
        permission="tax_read",
        handler=retrieve,
    ),
)
