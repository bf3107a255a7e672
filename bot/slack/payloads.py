"""What Slack sends, as far as we read it: checked before anybody looks into it, the rest passed over."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,40}$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{1,39}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}\.[0-9]{1,10}$")]
ShortText = Annotated[str, StringConstraints(max_length=3000)]
LongText = Annotated[str, StringConstraints(max_length=100_000)]


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Authorization(_Payload):
    """On whose behalf an event is told to us."""

    user_id: ShortText | None = None
    is_bot: bool = False


class Event(_Payload):
    """The wrapper of every event. Source: https://docs.slack.dev/apis/events-api/#event-structure."""

    type: Literal["event_callback"]
    team_id: Id
    event_id: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    event: dict[str, Any]
    authorizations: list[Authorization] | None = None
    is_ext_shared_channel: bool = False

    @property
    def bot_id(self) -> str:
        """User id of our own bot; empty where the event does not say."""
        return next((each.user_id or "" for each in self.authorizations or [] if each.is_bot), "")


class File(_Payload):
    """A file beside a message; we never look into it."""

    name: ShortText | None = None


class Message(_Payload):
    """A message, in a direct message, a channel or where we were named."""

    channel: Id
    user: UserId
    ts: Moment
    text: LongText = ""
    thread_ts: Moment | None = None
    channel_type: ShortText = ""
    files: Annotated[list[File], Field(max_length=100)] = []


class HomeOpened(_Payload):
    """Somebody opened our app: the Home tab, or our direct message."""

    user: UserId
    tab: ShortText = "home"
    channel: Id | None = None


class Profile(_Payload):
    """What a workspace shows of a person."""

    email: ShortText | None = None


class ChangedUser(_Payload):
    """Somebody whom the workspace changed."""

    id: UserId
    deleted: bool = False
    profile: Profile = Profile()


class UserChange(_Payload):
    """Something about somebody changed; also that they left."""

    user: ChangedUser


class Tokens(_Payload):
    """Whose tokens were revoked."""

    bot: list[ShortText] = []


class TokensRevoked(_Payload):
    """Tokens are good no more."""

    tokens: Tokens = Tokens()


class Command(_Payload):
    """A slash command. Source: https://docs.slack.dev/interactivity/implementing-slash-commands."""

    command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_-]{1,40}$")]
    text: LongText = ""
    team_id: Id
    user_id: UserId
    channel_id: Id
    trigger_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Team(_Payload):
    id: Id


class _User(_Payload):
    id: UserId
    team_id: Id | None = None


class _Interaction(_Payload):
    """What every interaction has. Source: https://docs.slack.dev/reference/interaction-payloads."""

    team: _Team | None = None
    user: _User
    trigger_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "-"
    is_enterprise_install: bool = False

    @property
    def team_id(self) -> str:
        """Workspace in which it happened."""
        return self.team.id if self.team is not None else self.user.team_id or ""


class Container(_Payload):
    """Where the button stood."""

    type: ShortText = ""
    channel_id: Id | None = None
    message_ts: Moment | None = None
    thread_ts: Moment | None = None
    is_ephemeral: bool = False


class View(_Payload):
    """A modal or a Home tab of ours."""

    id: Id
    type: ShortText = "modal"
    callback_id: ShortText = ""
    private_metadata: ShortText = ""
    hash: ShortText = ""
    blocks: Annotated[list[dict[str, Any]], Field(max_length=200)] = []
    state: dict[str, Any] = {}

    @property
    def values(self) -> Mapping[str, Any]:
        """What was filled in, by block."""
        values = self.state.get("values")
        return values if isinstance(values, Mapping) and all(isinstance(v, Mapping) for v in values.values()) else {}


class Label(_Payload):
    """What stands on a button."""

    text: ShortText = ""


class Action(_Payload):
    """What was pressed."""

    action_id: ShortText
    action_ts: Moment
    type: ShortText = "button"
    value: ShortText | None = None
    text: Label = Label()


class BlockActions(_Interaction):
    """A button was pressed."""

    type: Literal["block_actions"]
    container: Container = Container()
    actions: Annotated[list[Action], Field(min_length=1, max_length=25)]
    view: View | None = None


class ViewSubmission(_Interaction):
    """A modal was sent."""

    type: Literal["view_submission"]
    view: View


class _ShortcutMessage(_Payload):
    ts: Moment
    text: LongText = ""
    files: Annotated[list[File], Field(max_length=100)] = []


class MessageAction(_Interaction):
    """A shortcut was chosen on a message."""

    type: Literal["message_action"]
    callback_id: ShortText
    action_ts: Moment
    channel: _Team
    message: _ShortcutMessage
