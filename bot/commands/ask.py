"""``postwise ask``: one answer, or one a line. Stores nothing."""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from bot.commands.problems import sentence
from bot.districts import Districts
from bot.masking import masked_text
from bot.model import load_search
from bot.plain import plain
from bot.settings import Settings, read_settings
from handlers.answer import Answer, compose
from handlers.context import IndexedShelf
from handlers.guide import account_rule
from handlers.replies import Reply
from handlers.routing import COMMANDS
from handlers.wording import escalations, guide
from knowledge.checking.judging import PostChecker
from knowledge.checking.post import Post, Use
from knowledge.clock import SystemClock
from knowledge.district import DistrictNotFoundError
from knowledge.errors import PostwiseError
from knowledge.personal_data import PersonalDatum, find_personal_data, mask
from knowledge.search.finding import Search

LONGEST_KEPT_CHARACTERS = 4500
"""What of a text is searched with; more than is read, so that a cut is told."""

PLATFORMS = frozenset({"facebook", "instagram", "twitter", "linkedin", "snapchat", "tiktok", "youtube", "website"})
"""Platforms that a line may name. Source: the JSON contract."""


def run(*, district_id: str | None, text: str | None, as_json: bool, as_lines: bool) -> int:
    """Answer from the command line; the exit status is that of the contract."""
    if as_lines:
        return asyncio.run(_answer_lines())
    if not district_id or text is None:
        print("postwise ask: give --district ID and the question as TEXT, or --jsonl", file=sys.stderr)
        return 2
    return asyncio.run(_answer_one(district_id, text, as_json=as_json))


class Asker:
    """Answers lines of the contract from the published guidelines."""

    def __init__(self, *, districts: Districts, search: Search, checker: PostChecker) -> None:
        self._districts = districts
        self._search = search
        self._checker = checker

    async def answer(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one line.

        Raises
        ------
        ValueError
            Raised if the line lacks a field or has one of the wrong type; its text says which.
        DistrictNotFoundError
            Raised if the district is not set up.
        """
        text = _field(line, "text", str)
        if text is None:
            raise ValueError("'text' is missing")
        if not _is_unicode(text):
            raise ValueError("'text' holds half a character")
        district_id = _field(line, "district", str)
        if district_id is None:
            raise ValueError("'district' is missing")
        is_draft = bool(_field(line, "draft", bool))
        platform = _field(line, "platform", str)
        if platform is not None and platform not in PLATFORMS:
            raise ValueError(f"'platform' must be one of {', '.join(sorted(PLATFORMS))}")
        context = _field(line, "context", str)
        if context is not None and context not in ("personal", "educational"):
            raise ValueError("'context' must be 'personal' or 'educational'")
        attachment = _field(line, "attachment", str)
        shelf = await self._districts.indexed(district_id)
        found = find_personal_data(text)
        said = masked_text(text)
        first = text.split(maxsplit=1)[0].lower() if text.strip() else ""
        if not is_draft and first.startswith("/") and first in COMMANDS:
            reply, kind = self._command(first, shelf)
            return _result(line, district_id, Answer(judgement=None, reply=reply), found, kind=kind)
        use = Use(context) if context else None
        draft = None
        if is_draft:
            draft = Post(
                text=said[:LONGEST_KEPT_CHARACTERS], attachment=mask(attachment or ""), platform=platform, use=use
            )
        elif attachment:
            said = f"{said} (attached: {mask(attachment)})"
        answer = compose(
            said[:LONGEST_KEPT_CHARACTERS],
            shelf=shelf,
            search=self._search,
            checker=self._checker,
            draft=draft,
            platform=platform,
            use=use,
        )
        awaits_draft = answer.post is not None
        return _result(line, district_id, answer, found, kind="can_i_post" if is_draft or awaits_draft else "smalltalk")

    def _command(self, first: str, shelf: IndexedShelf) -> tuple[Reply, str]:
        """Explain a command, which does nothing here, and say of which kind the message is."""
        if first in ("/newaccount", "/addadmin"):
            return account_rule(first, shelf=shelf, search=self._search), "command"
        if first == "/escalate":
            return escalations.how_to(district=shelf.district), "command"
        return guide.what_i_can_do(district=shelf.district), "smalltalk"


def _result(
    line: Mapping[str, Any], district_id: str, answer: Answer, found: tuple[PersonalDatum, ...], *, kind: str
) -> dict[str, Any]:
    """Put an answer into the fields of the contract."""
    judgement = answer.judgement
    return {
        "id": line.get("id"),
        "district": district_id,
        "kind": judgement.kind.value if judgement else kind,
        "abstained": judgement.abstained if judgement else False,
        "verdict": judgement.verdict.value if judgement and judgement.verdict else None,
        "clauses": [
            {
                "id": match.clause.id,
                "section": match.clause.section,
                "lead_in": match.clause.lead_in,
                "text": match.clause.text,
                "score": match.score,
            }
            for match in (judgement.matches if judgement else ())
        ],
        "shown": judgement.shown if judgement else 0,
        "escalate": judgement.escalate if judgement else False,
        "urgency": judgement.urgency.value if judgement and judgement.urgency else None,
        "personal_data": [
            {"type": datum.type.value, "start": datum.start, "end": datum.end, "value": datum.value} for datum in found
        ],
        "message": plain(answer.reply),
    }


def _field(line: Mapping[str, Any], name: str, wanted: type) -> Any:
    value = line.get(name)
    if value is not None and not isinstance(value, wanted):
        raise ValueError(f"'{name}' must be {'true or false' if wanted is bool else 'text'}")
    return value


async def _answer_one(district_id: str, text: str, *, as_json: bool) -> int:
    asker, close = await _asker(read_settings())
    try:
        result = await asker.answer({"district": district_id, "text": text})
    finally:
        await close()
    print(json.dumps(result) if as_json else result["message"])
    return 0


async def _answer_lines() -> int:
    asker, close = await _asker(read_settings())
    try:
        # Bytes, so that one line that is no UTF-8 spoils itself and not the run.
        for raw in sys.stdin.buffer:
            if raw.strip():
                print(json.dumps(await _answer_line(asker, raw)), flush=True)
    finally:
        await close()
    return 0


async def _answer_line(asker: Asker, raw: bytes) -> dict[str, Any]:
    """Answer a line, or say what is wrong with it."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return {"id": None, "error": "this line is no JSON"}
    if not isinstance(line, dict):
        return {"id": None, "error": "this line is no JSON object"}
    try:
        return await asker.answer(line)
    except DistrictNotFoundError as error:
        return {
            "id": line.get("id"),
            "error": f"unknown district {error.district_id!r}; known are {', '.join(error.known)}",
        }
    except ValueError as error:
        return {"id": line.get("id"), "error": str(error)}
    except PostwiseError as error:
        return {"id": line.get("id"), "error": sentence(error)}


def _is_unicode(text: str) -> bool:
    """Tell whether a text can be written at all: JSON may hold one half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


async def _asker(settings: Settings) -> tuple[Asker, Any]:
    """Return the asker and what closes it; the database is read only where there is one."""
    search = load_search(settings)
    database = None
    if settings.database_url or (settings.folder / "postwise.db").exists():
        # Only where there is a database: importing what opens it takes a third of a second.
        from bot.assemble import existing_database

        database = await existing_database(settings)
    districts = Districts(search=search, database=database, clock=SystemClock(), added=settings.districts)

    async def close() -> None:
        if database is not None:
            await database.close()

    checker = PostChecker(settings.model, search=search)
    return Asker(districts=districts, search=search, checker=checker), close
