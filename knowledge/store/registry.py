"""Accounts, their administrators and the tasks about them, as rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people import same_email
from knowledge.registry import (
    Account,
    AccountAlreadyRegisteredError,
    AccountNotFoundError,
    AccountStatus,
    Administrator,
    AdministratorState,
    ListedAccount,
    Task,
    TaskKind,
)
from knowledge.store.inserting import insert_on
from knowledge.store.locks import hold
from knowledge.store.tables import accounts, administrators, tasks

_CURRENT = tuple(status.value for status in AccountStatus if status.is_current)
_FOUND = (*_CURRENT, AccountStatus.CLOSED.value)


class RegistryStore:
    """Accounts of every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, account: Account) -> Account:
        """Keep a new account under the next number of its district, with its administrators.

        Raises
        ------
        AccountAlreadyRegisteredError
            Raised if another account of the district has the same address.
        """
        await hold(self._connection, f"accounts/{account.district_id}")
        await self._check_address_is_free(account)
        highest = await self._connection.scalar(
            select(func.max(accounts.c.number)).where(accounts.c.district_id == account.district_id)
        )
        numbered = replace(account, number=(highest or 0) + 1)
        await self._connection.execute(
            insert(accounts).values(
                **{name: value for name, value in asdict(numbered).items() if name not in {"administrators", "status"}},
                status=numbered.status.value,
            )
        )
        for person in numbered.administrators:
            await self.put_administrator(numbered, person)
        return numbered

    async def get(self, *, district_id: str, number: int) -> Account:
        """Return one account, held until the transaction ends.

        Raises
        ------
        AccountNotFoundError
            Raised if this district has no such account.
        """
        row = (
            await self._connection.execute(
                select(accounts)
                .where(accounts.c.district_id == district_id, accounts.c.number == number)
                .with_for_update()
            )
        ).one_or_none()
        if row is None:
            raise AccountNotFoundError(str(number))
        return (await self._whole([row]))[0]

    async def change(self, account: Account, *, at: datetime) -> Account:
        """Write an account's own values as they are now; its administrators have calls of their own.

        Raises
        ------
        AccountAlreadyRegisteredError
            Raised if another account of the district has the same address.
        """
        await hold(self._connection, f"accounts/{account.district_id}")
        await self._check_address_is_free(account)
        changed = replace(account, changed_at=at)
        await self._connection.execute(
            update(accounts)
            .where(accounts.c.district_id == account.district_id, accounts.c.number == account.number)
            .values(
                platform=changed.platform,
                handle=changed.handle,
                address_key=changed.address_key,
                organization=changed.organization,
                status=changed.status.value,
                guideline_version=changed.guideline_version,
                changed_at=at,
                confirmed_at=changed.confirmed_at,
            )
        )
        return changed

    async def put_administrator(self, account: Account, person: Administrator) -> None:
        """Write an administrator of an account, new or changed; people are told apart by e-mail address."""
        email = same_email(person.email)
        values = asdict(person) | {"email": email, "state": person.state.value}
        await self._connection.execute(
            insert_on(self._connection, administrators)
            .values(district_id=account.district_id, account_number=account.number, **values)
            .on_conflict_do_update(index_elements=["district_id", "account_number", "email"], set_=values)
        )

    async def by_address(self, *, district_id: str, address_key: str) -> Account | None:
        """Return the account at an address, or None."""
        found = await self._found(district_id, accounts.c.address_key == address_key)
        return found[0] if found else None

    async def of_person(self, *, district_id: str, email: str) -> list[Account]:
        """Return the current accounts that a person is, or is asked to be, an administrator of."""
        named = tuple(state.value for state in AdministratorState if state.is_named)
        theirs = select(administrators.c.account_number).where(
            administrators.c.district_id == district_id,
            administrators.c.email == same_email(email),
            administrators.c.state.in_(named),
        )
        return await self._found(district_id, accounts.c.number.in_(theirs) & accounts.c.status.in_(_CURRENT))

    async def current(self, *, district_id: str) -> list[Account]:
        """Return every account that is there or on its way."""
        return await self._found(district_id, accounts.c.status.in_(_CURRENT))

    async def listed(self, *, district_id: str) -> list[ListedAccount]:
        """Return every account that is there, on its way or closed, as much of it as it is found by."""
        columns = (
            accounts.c.number,
            accounts.c.platform,
            accounts.c.handle,
            accounts.c.address_key,
            accounts.c.organization,
            accounts.c.status,
        )
        rows = await self._connection.execute(
            select(*columns)
            .where(accounts.c.district_id == district_id, accounts.c.status.in_(_FOUND))
            .order_by(accounts.c.number)
        )
        return [
            ListedAccount(
                number=number,
                platform=platform,
                handle=handle,
                address_key=key,
                organization=organization,
                is_current=status in _CURRENT,
            )
            for number, platform, handle, key, organization, status in rows
        ]

    async def numbered(self, *, district_id: str, numbers: Sequence[int]) -> list[Account]:
        """Return the accounts of some numbers, in the order of the numbers given."""
        found = {each.number: each for each in await self._found(district_id, accounts.c.number.in_(numbers))}
        return [found[number] for number in numbers if number in found]

    async def everything(self, *, district_id: str) -> list[Account]:
        """Return every account that the district ever had."""
        return await self._found(district_id, accounts.c.number > 0)

    async def open_task(self, account: Account, kind: TaskKind, *, at: datetime, due_on: date) -> Task | None:
        """Open a task about an account.

        Returns
        -------
        Task
            The task; None where one of its kind is open already.
        """
        district_id, open_key = account.district_id, f"{kind.value}/{account.number}"
        await hold(self._connection, f"tasks/{district_id}")
        is_open = await self._connection.scalar(
            select(tasks.c.number).where(tasks.c.district_id == district_id, tasks.c.open_key == open_key)
        )
        if is_open is not None:
            return None
        highest = await self._connection.scalar(
            select(func.max(tasks.c.number)).where(tasks.c.district_id == district_id)
        )
        task = Task(
            district_id=district_id,
            number=(highest or 0) + 1,
            kind=kind,
            account_number=account.number,
            opened_at=at,
            due_on=due_on,
        )
        await self._connection.execute(
            insert(tasks).values(**(asdict(task) | {"kind": kind.value, "open_key": open_key}))
        )
        return task

    async def close_task(self, account: Account, kind: TaskKind, *, at: datetime) -> bool:
        """Close an account's open task of a kind; False where none is open."""
        closed = await self._connection.execute(
            update(tasks)
            .where(tasks.c.district_id == account.district_id, tasks.c.open_key == f"{kind.value}/{account.number}")
            .values(closed_at=at, open_key=None)
        )
        return closed.rowcount > 0

    async def open_tasks(self, *, district_id: str) -> list[Task]:
        """Return the open tasks, the earliest due first."""
        rows = await self._connection.execute(
            select(tasks)
            .where(tasks.c.district_id == district_id, tasks.c.closed_at.is_(None))
            .order_by(tasks.c.due_on, tasks.c.number)
        )
        return [
            Task(
                district_id=row.district_id,
                number=row.number,
                kind=TaskKind(row.kind),
                account_number=row.account_number,
                opened_at=row.opened_at,
                due_on=row.due_on,
                closed_at=row.closed_at,
            )
            for row in rows
        ]

    async def _check_address_is_free(self, account: Account) -> None:
        if account.address_key is None:
            return
        other = await self.by_address(district_id=account.district_id, address_key=account.address_key)
        if other is not None and other.number != account.number:
            raise AccountAlreadyRegisteredError(other)

    async def _found(self, district_id: str, condition: ColumnElement[bool]) -> list[Account]:
        rows = await self._connection.execute(
            select(accounts).where(accounts.c.district_id == district_id, condition).order_by(accounts.c.number)
        )
        return await self._whole(rows.all())

    async def _whole(self, rows: Iterable[Row[Any]]) -> list[Account]:
        """Put accounts together with their administrators, in one query for all of them."""
        found = list(rows)
        if not found:
            return []
        district_id = found[0].district_id
        numbers = [row.number for row in found]
        by_account: dict[int, list[Administrator]] = defaultdict(list)
        # A list of thousands would exceed what a statement may hold; then the whole district is read.
        wanted = administrators.c.account_number.in_(numbers) if len(numbers) <= 500 else true()
        for row in await self._connection.execute(
            select(administrators)
            .where(administrators.c.district_id == district_id, wanted)
            .order_by(administrators.c.asked_at, administrators.c.email)
        ):
            by_account[row.account_number].append(
                Administrator(
                    name=row.name,
                    email=row.email,
                    state=AdministratorState(row.state),
                    asked_at=row.asked_at,
                    changed_at=row.changed_at,
                    confirmed_at=row.confirmed_at,
                )
            )
        return [
            Account(
                district_id=row.district_id,
                number=row.number,
                platform=row.platform,
                handle=row.handle,
                address_key=row.address_key,
                organization=row.organization,
                status=AccountStatus(row.status),
                guideline_version=row.guideline_version,
                created_at=row.created_at,
                changed_at=row.changed_at,
                confirmed_at=row.confirmed_at,
                administrators=tuple(by_account[row.number]),
            )
            for row in found
        ]
