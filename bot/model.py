"""The exported model of this installation."""

import json
from pathlib import Path

from bot.settings import Settings
from knowledge.errors import PostwiseError
from knowledge.search.finding import Search


class ModelMissingError(PostwiseError):
    """The exported model is not where it should be."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


def load_search(settings: Settings) -> Search:
    """Load the exported model.

    Raises
    ------
    ModelMissingError
        Raised if no model was prepared; ``make run`` and ``make test`` prepare it.
    """
    if not (settings.model / "manifest.json").exists():
        raise ModelMissingError(settings.model)
    return Search(settings.model, threads=settings.threads)


def model_name(settings: Settings) -> str:
    """Return which exported model is in use: the beginning of the hash of what it was made from."""
    manifest = json.loads((settings.model / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["made_from"])[:16]
