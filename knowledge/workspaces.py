"""Workspaces of a chat platform: where Postwise is installed, and whose district each belongs to."""

from dataclasses import dataclass
from datetime import datetime

from knowledge.errors import PostwiseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a workspace gave us when Postwise was installed there. Tokens are sealed: only their platform opens them."""

    team_id: str
    team_name: str
    app_id: str
    bot_user_id: str
    scopes: tuple[str, ...]
    sealed_token: str
    sealed_refresh_token: str = ""
    """Empty where the workspace's tokens do not expire."""

    expires_at: datetime | None = None
    """Aware UTC; None where the token does not expire."""

    installed_by: str
    """The platform's id of the person who installed it."""

    installed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Says that a workspace's members are a district's staff."""

    team_id: str
    district_id: str
    channel: str
    """The district's specialist channel in this workspace; empty where its specialists read elsewhere."""

    tied_at: datetime


class WorkspaceTakenError(PostwiseError):
    """The specialist channel of a district stands in another workspace already."""

    def __init__(self, tie: Tie) -> None:
        super().__init__(tie.team_id)
        self.tie = tie
