"""Settings: the only reader of the environment. Refuses at start what cannot work."""

from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.errors import PostwiseError

DEFAULT_PORT = 3978
"""The port that Bot Framework's tools expect. Source: contract of the command line."""


class SettingsNotValidError(PostwiseError):
    """The environment holds a setting that cannot be used."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems))
        self.problems = problems
        """Pairs of a variable's name and what is wrong with it. Never its value: it may be a secret."""


class Settings(BaseSettings):
    """What the environment and a ``.env`` file say."""

    model_config = SettingsConfigDict(env_prefix="POSTWISE_", env_file=".env", extra="ignore", frozen=True)

    folder: Path = Path("var")
    """Where database, model and added districts lie unless told otherwise (``POSTWISE_FOLDER``)."""

    database_url: str = ""
    """SQLAlchemy address; SQLite in the folder where empty (``POSTWISE_DATABASE_URL``)."""

    model_folder: Path | None = None
    """The exported model; ``model`` in the folder where not set (``POSTWISE_MODEL_FOLDER``)."""

    districts_folder: Path | None = None
    """Districts beside the shipped ones; ``districts`` in the folder where not set (``POSTWISE_DISTRICTS_FOLDER``)."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, validation_alias=AliasChoices("POSTWISE_PORT", "PORT"))] = DEFAULT_PORT
    """``PORT`` is how hosts that read a Procfile set it."""

    district: str = ""
    """The district of a single-workspace installation (``POSTWISE_DISTRICT``)."""

    slack_bot_token: Annotated[SecretStr | None, Field(validation_alias="SLACK_BOT_TOKEN")] = None
    """Bot token of one workspace; with it, messages go to Slack (``SLACK_BOT_TOKEN``)."""

    slack_signing_secret: Annotated[SecretStr | None, Field(validation_alias="SLACK_SIGNING_SECRET")] = None
    """Proves that a request over HTTP is Slack's own (``SLACK_SIGNING_SECRET``)."""

    slack_app_token: Annotated[SecretStr | None, Field(validation_alias="SLACK_APP_TOKEN")] = None
    """With it, Slack's events come over a connection that we open: Socket Mode (``SLACK_APP_TOKEN``)."""

    slack_client_id: Annotated[str, Field(validation_alias="SLACK_CLIENT_ID")] = ""
    slack_client_secret: Annotated[SecretStr | None, Field(validation_alias="SLACK_CLIENT_SECRET")] = None
    """With these two, any workspace can install Postwise (``SLACK_CLIENT_ID``, ``SLACK_CLIENT_SECRET``)."""

    slack_api_url: str = "https://slack.com/api/"
    """Slack's Web API; another for GovSlack and for tests (``POSTWISE_SLACK_API_URL``)."""

    slack_seconds_per_message: Annotated[float, Field(ge=0.0, le=60.0)] = 1.0
    """How fast messages follow each other in one channel, after a short burst (``POSTWISE_SLACK_SECONDS_PER_MESSAGE``).

    Source: https://docs.slack.dev/apis/web-api/rate-limits (one a second).
    """

    slack_specialist_channel: str = ""
    """Channel id where filings, cases and questions of ``POSTWISE_DISTRICT`` go (``POSTWISE_SLACK_SPECIALIST_CHANNEL``)."""

    @property
    def has_slack(self) -> bool:
        """True where Slack is set up, for one workspace or for many."""
        return self.slack_bot_token is not None or bool(self.slack_client_id)

    @field_validator("slack_api_url")
    @classmethod
    def _check_address(cls, address: str) -> str:
        if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("has to begin with https://")
        return address.rstrip("/") + "/"

    @field_validator("slack_specialist_channel")
    @classmethod
    def _check_channel(cls, channel: str, info: ValidationInfo) -> str:
        if channel and not (info.data.get("slack_bot_token") and info.data.get("district")):
            raise ValueError("needs SLACK_BOT_TOKEN and POSTWISE_DISTRICT beside it")
        return channel

    delivery_timeout_seconds: Annotated[float, Field(ge=0.2, le=30.0)] = 10.0
    """How long one call of a platform may take (``POSTWISE_DELIVERY_TIMEOUT_SECONDS``)."""

    secret_key: SecretStr | None = None
    """Hashes conversations; later also encrypts tokens (``POSTWISE_SECRET_KEY``)."""

    threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Threads of one encoder call (``POSTWISE_THREADS``)."""

    @property
    def database(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.folder / 'postwise.db'}"

    @property
    def model(self) -> Path:
        """The folder of the exported model in force."""
        return self.model_folder or self.folder / "model"

    @property
    def districts(self) -> Path:
        """The folder of added districts in force."""
        return self.districts_folder or self.folder / "districts"


def read_settings() -> Settings:
    """Read the environment.

    Raises
    ------
    SettingsNotValidError
        Raised if a variable's value cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = []
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else "settings"
            variable = name if name.isupper() else f"POSTWISE_{name.upper()}"
            problems.append((variable, problem["msg"]))
        raise SettingsNotValidError(tuple(problems)) from error
