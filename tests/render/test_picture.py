"""The picture of a plan is a whole document of its own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from billform.render.explain import plan_lines
from billform.render.picture import plan_svg
from billform.render.terminal import plan_text
from tests.render import stories

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("story", stories.STORIES)
def test_the_picture_holds_the_words_of_the_terminal_and_loads_nothing(story: str) -> None:
    plan = stories.STORIES[story]()
    written = plan_svg(plan_lines(plan), "billform plan test")
    rows = [
        "".join(each.itertext()).replace("\u00a0", " ") for each in ElementTree.fromstring(written).iter(f"{SVG}text")
    ]
    words = re.sub(r"\s", "", plan_text(plan, columns=100))
    assert re.sub(r"\s", "", "".join(rows[1:])) == words
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg|example\.com)", written) == []


def test_every_piece_ends_within_the_frame() -> None:
    root = ElementTree.fromstring(plan_svg(plan_lines(stories.long_values()), "billform plan test", columns=80))
    wide = int(root.attrib["width"])
    ends = [float(each.attrib["x"]) + float(each.attrib["textLength"]) for each in root.iter(f"{SVG}tspan")]
    assert ends
    assert max(ends) <= wide
