"""Slack workspaces as rows. They come before any district: a workspace is installed first, and tied to one afterwards."""

from datetime import datetime

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.inserting import insert_on
from knowledge.store.moments import moment
from knowledge.store.tables import slack_install_states, slack_installations, slack_workspaces
from knowledge.workspaces import Installation, Tie, WorkspaceTakenError


class SlackStore:
    """Installations and ties; no secret lies here open."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def install(self, installation: Installation) -> None:
        """Keep an installation; another one of the same workspace is replaced."""
        values = {
            "team_name": installation.team_name[:200],
            "app_id": installation.app_id,
            "bot_user_id": installation.bot_user_id,
            "scopes": ",".join(installation.scopes),
            "sealed_token": installation.sealed_token,
            "sealed_refresh_token": installation.sealed_refresh_token,
            "expires_at": installation.expires_at,
            "installed_by": installation.installed_by,
            "installed_at": installation.installed_at,
            "refreshing_until": None,
        }
        await self._connection.execute(
            insert_on(self._connection, slack_installations)
            .values(team_id=installation.team_id, **values)
            .on_conflict_do_update(index_elements=["team_id"], set_=values)
        )

    async def installation(self, team_id: str) -> Installation | None:
        """Return the installation of a workspace; None where there is none."""
        rows = await self._connection.execute(
            select(slack_installations).where(slack_installations.c.team_id == team_id)
        )
        row = rows.one_or_none()
        return _installation(row) if row else None

    async def installations(self) -> list[Installation]:
        """Return every installation, by the name of its workspace."""
        rows = await self._connection.execute(select(slack_installations).order_by(slack_installations.c.team_name))
        return [_installation(row) for row in rows]

    async def uninstall(self, team_id: str) -> bool:
        """Forget the tokens of a workspace; its tie stays, for when it comes back.

        Returns
        -------
        bool
            True where there was one.
        """
        gone = await self._connection.execute(
            delete(slack_installations).where(slack_installations.c.team_id == team_id)
        )
        return gone.rowcount > 0

    async def begin_refresh(self, team_id: str, *, sealed_token: str, seconds: float) -> bool:
        """Take it upon oneself to refresh a token, unless somebody does or the token is another already.

        Parameters
        ----------
        seconds
            How long it is one's own; whoever died over it is followed by another then.
        """
        now = moment(self._connection)
        taken = await self._connection.execute(
            update(slack_installations)
            .where(
                slack_installations.c.team_id == team_id,
                slack_installations.c.sealed_token == sealed_token,
                or_(
                    slack_installations.c.refreshing_until.is_(None),
                    slack_installations.c.refreshing_until < now,
                    slack_installations.c.refreshing_until > now + 2 * seconds,  # the clock was set back
                ),
            )
            .values(refreshing_until=now + seconds)
        )
        return taken.rowcount > 0

    async def end_refresh(
        self, team_id: str, *, was: str, sealed_token: str, sealed_refresh_token: str, expires_at: datetime
    ) -> bool:
        """Keep the tokens that came of a refresh.

        Parameters
        ----------
        was
            The sealed token that was refreshed: where another stands there by now, that one is kept.
        """
        changed = await self._connection.execute(
            update(slack_installations)
            .where(slack_installations.c.team_id == team_id, slack_installations.c.sealed_token == was)
            .values(
                sealed_token=sealed_token,
                sealed_refresh_token=sealed_refresh_token,
                expires_at=expires_at,
                refreshing_until=None,
            )
        )
        return changed.rowcount > 0

    async def tie(self, tie: Tie) -> None:
        """Say whose district a workspace is.

        Raises
        ------
        WorkspaceTakenError
            Raised if the district has its specialist channel in another workspace.
        """
        if tie.channel:
            rows = await self._connection.execute(
                select(slack_workspaces).where(
                    slack_workspaces.c.district_id == tie.district_id,
                    slack_workspaces.c.team_id != tie.team_id,
                    slack_workspaces.c.channel != "",
                )
            )
            other = rows.first()
            if other is not None:
                raise WorkspaceTakenError(_tie(other))
        values = {"district_id": tie.district_id, "channel": tie.channel, "tied_at": tie.tied_at}
        await self._connection.execute(
            insert_on(self._connection, slack_workspaces)
            .values(team_id=tie.team_id, **values)
            .on_conflict_do_update(index_elements=["team_id"], set_=values)
        )

    async def untie(self, team_id: str) -> bool:
        """Say that a workspace belongs to no district any more."""
        gone = await self._connection.execute(delete(slack_workspaces).where(slack_workspaces.c.team_id == team_id))
        return gone.rowcount > 0

    async def ties(self) -> list[Tie]:
        """Return every tie."""
        return [_tie(row) for row in await self._connection.execute(select(slack_workspaces))]

    async def begin_installing(self, state_hash: str, *, expires_at: datetime) -> None:
        """Remember that somebody set out to install."""
        await self._connection.execute(
            slack_install_states.insert().values(state_hash=state_hash, expires_at=expires_at)
        )

    async def end_installing(self, state_hash: str, *, now: datetime) -> bool:
        """Use up what `begin_installing` remembered; True once, for the first who asks in time."""
        await self._connection.execute(delete(slack_install_states).where(slack_install_states.c.expires_at < now))
        used = await self._connection.execute(
            delete(slack_install_states).where(slack_install_states.c.state_hash == state_hash)
        )
        return used.rowcount > 0


def _installation(row: Row[tuple[object, ...]]) -> Installation:
    return Installation(
        team_id=row.team_id,
        team_name=row.team_name,
        app_id=row.app_id,
        bot_user_id=row.bot_user_id,
        scopes=tuple(row.scopes.split(",")),
        sealed_token=row.sealed_token,
        sealed_refresh_token=row.sealed_refresh_token,
        expires_at=row.expires_at,
        installed_by=row.installed_by,
        installed_at=row.installed_at,
    )


def _tie(row: Row[tuple[object, ...]]) -> Tie:
    return Tie(team_id=row.team_id, district_id=row.district_id, channel=row.channel, tied_at=row.tied_at)
