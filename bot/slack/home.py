"""The Home tab: drawn anew whenever it is opened, and after what was begun on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.outcome import Outcome

if TYPE_CHECKING:
    from bot.slack.incoming import Origin, Translator
    from bot.slack.showing import Shower
    from bot.turn import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTab:
    """What drawing it needs."""

    turns: Turns
    translator: Translator
    shower: Shower

    async def draw(self, event_id: str, origin: Origin) -> None:
        """Draw somebody's Home tab as things stand now.

        Parameters
        ----------
        event_id
            What it is drawn for; the same is drawn once.
        """
        outcome = await self.turns.accept(self.translator.overview(event_id, origin))
        if isinstance(outcome, Outcome) and outcome.reply is not None:
            await self.shower.home(outcome.reply, origin)
