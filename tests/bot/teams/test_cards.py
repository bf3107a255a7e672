"""Cards are valid, fit, and show what the reply says, drawn by Microsoft's own renderer as Teams sets it up."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from playwright.async_api import Page

from bot.teams.limits import MAX_CARD_BYTES
from bot.teams.messages import activities_of
from bot.teams.render import OPEN_IN_WINDOW, cards_of
from handlers.replies import Form, Mentioned, Mentions, Paragraph, Reply
from tests.bot.teams.replies import ALL, ANSWER, CLAUSE, FORM
from tests.support.browser import running_chromium

DATA = Path(__file__).parents[2] / "data" / "teams"
DRAWN = DATA / "drawn"
SCHEMA = json.loads((DATA / "cards.schema.json").read_text(encoding="utf-8"))

PAGE = """
<!doctype html><html lang="en"><head><style>
body { margin: 0; background: #f5f5f5; font-family: 'Segoe UI', Tahoma, Geneva, Verdana, sans-serif }
#card { width: WIDTHpx; margin: 12px; background: #fff; border: 1px solid #e1e1e1; border-radius: 4px }
.ac-pushButton { font: inherit; padding: 6px 12px; border: 1px solid #c8c6c4; border-radius: 4px; background: #fff; margin: 2px 0 }
.ac-pushButton.style-positive { background: #4f52b2; color: #fff }
.ac-pushButton.style-destructive { color: #a4262c; border-color: #a4262c }
.ac-input { box-sizing: border-box; font: inherit; padding: 5px; width: 100% }
input[type=radio].ac-input { width: auto }
</style></head><body><div id="card"></div></body></html>
"""

DRAW = """
([content, config]) => {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(config);
  const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
  card.parse(content, context);
  const said = [];
  for (let at = 0; at < context.eventCount; at++) said.push(context.getEventAt(at).message);
  said.push(...card.validateProperties().validationEvents.map(each => each.message));
  const drawn = card.render();
  document.getElementById("card").replaceChildren(drawn);
  const wide = [...drawn.querySelectorAll("*")].filter(each => each.scrollWidth > each.clientWidth + 1
    && getComputedStyle(each).display !== "inline" && each.clientWidth > 0).map(each => each.className);
  return { said, text: drawn.innerText, wide,
    unnamed: [...drawn.querySelectorAll("input, textarea, select")].filter(each => !each.labels?.length
      && !each.getAttribute("aria-label") && !each.getAttribute("aria-labelledby")).length };
}
"""


def problems(card: dict[str, Any]) -> list[str]:
    """What is wrong with a card."""
    found = [error.message[:200] for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(card)]
    size = len(json.dumps(card))
    return found + ([f"{size} bytes"] if size > MAX_CARD_BYTES else [])


def card_of(name: str) -> dict[str, Any]:
    [card] = cards_of(ALL[name], key="k1", can_put_away=name == "form")
    return card


@pytest.mark.parametrize("name", ALL)
def test_card_is_valid(name: str) -> None:
    """Only elements and properties of Adaptive Cards 1.5 that we know of, each as it must be."""
    assert problems(card_of(name)) == []


def test_schema_can_refuse() -> None:
    """The control: what does not belong there, and a required field without its error, are found out."""
    card = card_of("form")
    card["body"].append({"type": "Input.Text", "id": "0:x", "label": "X", "isRequired": True})
    card["body"].append({"type": "Action.Magic"})

    assert len(problems(card)) == 2


def test_hostile_text_is_never_markup() -> None:
    """Markdown, mentions and bindings that somebody typed are shown to the letter."""
    hostile = "**bold** [click](https://evil.example) <at>everyone</at> ${danger} {{DATE(2017)}}\n# heading\n- list"
    [card] = cards_of(
        Reply(
            parts=(
                Paragraph(text=hostile, is_headline=True),
                Paragraph(text=hostile),
                Mentions(people=(Mentioned(platform="teams", id="1", name="<at>All</at> & more"),)),
            )
        ),
        key="k1",
    )

    blocks = [each for each in card["body"] if each["type"] == "TextBlock"]
    assert [each["text"] for each in blocks] == ["<at>at All /at more</at>"]
    assert problems(card) == []


def test_answer_carries_teams_own_label_citations_and_thumbs() -> None:
    """The clause is cited natively; the whole of it stands in the card."""
    [activity] = activities_of(ANSWER, key="k1")

    assert activity.text == "Redlands' guidelines say: [1]"
    assert activity.channel_data == {"feedbackLoop": {"type": "default"}}
    entity = activity.entities[0].serialize()
    assert entity["additionalType"] == ["AIGeneratedContent"]
    [cited] = entity["citation"]
    assert cited["position"] == 1
    assert len(cited["appearance"]["abstract"]) <= 160
    assert CLAUSE.text in json.dumps(activity.attachments[0].content, ensure_ascii=False)


def test_window_is_offered_to_one_person_alone_and_for_a_form_that_is_still_to_be_filled() -> None:
    """In a channel everybody could open it; with problems, what was typed would not stand in it."""
    form = next(part for part in FORM.parts if isinstance(part, Form))
    fresh = Reply(parts=(replace(form, has_problems=False),))
    [personal] = cards_of(fresh, key="k", is_personal=True)
    [shared] = cards_of(fresh, key="k")
    [faulty] = cards_of(FORM, key="k", is_personal=True)
    [in_window] = cards_of(fresh, key="k", is_personal=True, is_window=True)

    assert OPEN_IN_WINDOW in json.dumps(personal)
    assert OPEN_IN_WINDOW not in json.dumps([shared, faulty, in_window])
    assert "Action.Execute" not in json.dumps(in_window)
    assert [problems(each) for each in (personal, shared, faulty, in_window)] == [[]] * 4


async def draw(page: Page, card: dict[str, Any], *, width: int) -> dict[str, Any]:
    config = json.loads((DATA / "microsoft-teams-light.json").read_text(encoding="utf-8"))
    await page.set_content(PAGE.replace("WIDTH", str(width)))
    await page.add_script_tag(path=DATA / "adaptivecards.min.js")
    drawn: dict[str, Any] = await page.evaluate(DRAW, [card, config])
    return drawn


@pytest.mark.browser
async def test_cards_are_drawn_as_they_were_looked_at(tmp_path: Path) -> None:
    """In Microsoft's renderer nothing is complained of, nothing is cut, and the text is the stored one."""
    found: dict[str, str] = {}
    async with running_chromium() as browser:
        page = await browser.new_page(viewport={"width": 760, "height": 900})
        for name in ALL:
            for width in (640, 300):
                drawn = await draw(page, card_of(name), width=width)
                picture = tmp_path / f"{name}-{width}.png"
                await page.locator("#card").screenshot(path=picture)
                assert drawn["said"] == [], name
                # A row of buttons is wrapped by Teams itself; the npm package does not.
                assert [each for each in drawn["wide"] if each not in ("", "ac-actionSet")] == [], (name, width)
                assert drawn["unnamed"] == 0, name
                assert picture.stat().st_size > 3000
                found[name] = drawn["text"]

    for name, text in found.items():
        stored = DRAWN / f"{name}.txt"
        # Whoever changed a card looks at the pictures first, and then stores the new text.
        assert stored.read_text(encoding="utf-8").strip() == text.strip(), f"{name} changed: see {tmp_path}"
