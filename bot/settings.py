"""Settings: the only reader of the environment. Refuses at start what cannot work."""

from pathlib import Path
from typing import Annotated, Literal

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

    microsoft_app_password: Annotated[SecretStr | None, Field(validation_alias="MICROSOFT_APP_PASSWORD")] = None
    """Client secret of the Teams bot; none with a managed identity (``MICROSOFT_APP_PASSWORD``)."""

    microsoft_app_type: Annotated[
        Literal["SingleTenant", "UserAssignedMSI", "MultiTenant"], Field(validation_alias="MICROSOFT_APP_TYPE")
    ] = "SingleTenant"
    """How the bot is registered; new bots are one of the first two (``MICROSOFT_APP_TYPE``)."""

    microsoft_app_tenant_id: Annotated[str, Field(validation_alias="MICROSOFT_APP_TENANT_ID")] = ""
    """The Entra tenant of the bot (``MICROSOFT_APP_TENANT_ID``)."""

    teams_tenants: str = ""
    """Tenants whose people may write, beside the bot's own, apart by spaces or commas (``POSTWISE_TEAMS_TENANTS``)."""

    teams_openid_metadata_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    """Where the keys of Bot Framework are found (``POSTWISE_TEAMS_OPENID_METADATA_URL``)."""

    teams_token_url: str = ""
    """Where tokens are asked for; Entra's own address where empty (``POSTWISE_TEAMS_TOKEN_URL``)."""

    teams_service_urls: str = (
        "https://smba.trafficmanager.net/ https://smba.infra.gcc.teams.microsoft.com/ "
        "https://smba.infra.gov.teams.microsoft.us/ https://smba.infra.dod.teams.microsoft.us/"
    )
    """Addresses that an activity may name to be answered at, by their beginning (``POSTWISE_TEAMS_SERVICE_URLS``)."""

    identity_endpoint: Annotated[str, Field(validation_alias="IDENTITY_ENDPOINT")] = ""
    """Where a managed identity gets its token; Azure's hosts set it, virtual machines do not (``IDENTITY_ENDPOINT``)."""

    identity_header: Annotated[SecretStr | None, Field(validation_alias="IDENTITY_HEADER")] = None
    """What is sent along to ``IDENTITY_ENDPOINT``; Azure's hosts set it (``IDENTITY_HEADER``)."""

    microsoft_app_id: Annotated[str, Field(validation_alias="MICROSOFT_APP_ID")] = ""
    """The Teams bot; with it, Teams is served (``MICROSOFT_APP_ID``)."""

    @field_validator("microsoft_app_id")
    @classmethod
    def _check_app(cls, app_id: str, info: ValidationInfo) -> str:
        """Refuse half a set-up: without its credentials the bot would be one that accepts whatever it is sent."""
        said, app_id = info.data, app_id.strip()
        kind = said.get("microsoft_app_type")
        if not app_id:
            if said.get("microsoft_app_password") or said.get("microsoft_app_tenant_id"):
                raise ValueError("is empty, though other settings of the Teams bot are there")
            return app_id
        if kind != "UserAssignedMSI" and not _told(said.get("microsoft_app_password")):
            raise ValueError("needs MICROSOFT_APP_PASSWORD beside it, or MICROSOFT_APP_TYPE=UserAssignedMSI")
        if kind != "MultiTenant" and not said.get("microsoft_app_tenant_id"):
            raise ValueError("needs MICROSOFT_APP_TENANT_ID beside it")
        if kind == "MultiTenant" and not said.get("teams_tenants"):
            raise ValueError("needs POSTWISE_TEAMS_TENANTS beside it: otherwise anybody's tenant could write")
        if not said.get("district"):
            raise ValueError("needs POSTWISE_DISTRICT beside it")
        return app_id

    teams_specialist_conversation: str = ""
    """Conversation id of the Teams channel of the specialists (``POSTWISE_TEAMS_SPECIALIST_CONVERSATION``)."""

    @field_validator("teams_specialist_conversation")
    @classmethod
    def _check_conversation(cls, conversation: str, info: ValidationInfo) -> str:
        if not conversation:
            return conversation
        if not info.data.get("microsoft_app_id"):
            raise ValueError("needs MICROSOFT_APP_ID beside it")
        if info.data.get("slack_specialist_channel"):
            raise ValueError(
                "is set beside POSTWISE_SLACK_SPECIALIST_CHANNEL. The specialists read one channel: keep one of the two"
            )
        if ";" in conversation:
            raise ValueError("names one thread; leave out what comes after the semicolon")
        return conversation

    delivery_timeout_seconds: Annotated[float, Field(ge=0.2, le=30.0)] = 10.0
    """How long one call of a platform may take (``POSTWISE_DELIVERY_TIMEOUT_SECONDS``)."""

    secret_key: SecretStr | None = None
    """Hashes conversations; later also encrypts tokens (``POSTWISE_SECRET_KEY``)."""

    threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Threads of one encoder call (``POSTWISE_THREADS``)."""

    @property
    def has_teams(self) -> bool:
        """True where the Teams bot is set up."""
        return bool(self.microsoft_app_id)

    @property
    def allowed_tenants(self) -> frozenset[str]:
        """The tenants whose people may write to the Teams bot."""
        return frozenset(_words(self.teams_tenants)) | {
            tenant for tenant in (self.microsoft_app_tenant_id.strip().lower(),) if tenant
        }

    @property
    def allowed_service_urls(self) -> tuple[str, ...]:
        """What the address of an activity's channel begins with."""
        return _words(self.teams_service_urls)

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


def _words(text: str) -> tuple[str, ...]:
    """Return what stands apart by spaces or commas, in small letters."""
    return tuple(text.replace(",", " ").lower().split())


def _told(secret: SecretStr | None) -> bool:
    """Tell whether a secret holds anything."""
    return secret is not None and bool(secret.get_secret_value())


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
            problems.append((variable, problem["msg"].removeprefix("Value error, ")))
        raise SettingsNotValidError(tuple(problems)) from error
