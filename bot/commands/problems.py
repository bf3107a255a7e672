"""What somebody at the command line reads when a command fails."""

from bot.model import ModelMissingError
from bot.settings import SettingsNotValidError
from handlers.wording import problems
from knowledge.errors import PostwiseError


def sentence(error: PostwiseError) -> str:
    """Say an error in one or two sentences: what is wrong, and what to do."""
    if isinstance(error, SettingsNotValidError):
        wrong = "; ".join(f"{name}: {problem}" for name, problem in error.problems)
        return f"A setting cannot be used. {wrong}. Correct it in the environment or in .env."
    if isinstance(error, ModelMissingError):
        return "The model is not prepared yet. Run 'make model' (or 'make run') once; it takes about a minute."
    # Late: importing what knows the tables takes a third of a second, which only a failed command may cost.
    from knowledge.store.migrate import DatabaseNotCurrentError

    if isinstance(error, DatabaseNotCurrentError):
        return "The database belongs to another version of Postwise. Run 'postwise migrate', then try again."
    return problems.sentence(error)


def unforeseen(error: Exception) -> str:
    """Say an error that nobody foresaw; by its kind alone, since its words may quote a message or a password."""
    return (
        f"That failed ({type(error).__name__}), and nothing was stored. 'postwise doctor' checks settings, database and "
        "model and says what to mend."
    )
