"""What things are called, everywhere the same."""

from datetime import date, datetime, timedelta

from knowledge.district import District
from knowledge.filings import FilingKind, NamedPerson, Office
from knowledge.handles import platform_title
from knowledge.people import Person
from knowledge.registry import Account, Administrator

_TITLES = {
    FilingKind.NEW_ACCOUNT: "New account",
    FilingKind.REGISTER: "Register an existing account",
    FilingKind.ADD_ADMINISTRATOR: "Add an administrator",
    FilingKind.REMOVE_ADMINISTRATOR: "Remove an administrator",
    FilingKind.RENAME: "Rename an account",
    FilingKind.CLOSE: "Close an account",
    FilingKind.HAND_OVER: "Hand an account over",
    FilingKind.LOGO: "Use a logo or mascot",
    FilingKind.ASKED_TO_REMOVE: "Asked to remove",
}


def filing_title(kind: FilingKind) -> str:
    """Name a kind of filing."""
    return _TITLES[kind]


def account_name(account: Account) -> str:
    """Name an account: what it is called, who it belongs to, where it is."""
    handle = f"{account.handle}, " if account.handle else ""
    return f"{handle}{account.organization} ({platform_title(account.platform)})"


def person_name(person: Person | NamedPerson) -> str:
    """Name a person as people would."""
    return person.name or person.email or "a member of staff"


def named_with_email(person: NamedPerson | Administrator) -> str:
    """Name a person with the e-mail address."""
    return f"{person.name}, {person.email}" if person.name else person.email


def office_name(office: Office, district: District) -> str:
    """Name an office as the district's guidelines or settings call it."""
    match office:
        case Office.SPECIALIST:
            return f"the {district.specialist.title}"
        case Office.SUPERVISOR:
            return "your supervisor"
        case Office.INFORMATION_TECHNOLOGY:
            return "the Information Technology Department"
        case Office.ADMIN_SERVICES:
            return "the district's admin services office"
        case Office.PRINCIPAL:
            return "the principal or their designee"


def day(moment: datetime | date, district: District) -> str:
    """Name a day in the district's own time zone: Monday, November 23."""
    local = moment.astimezone(district.hours.zone).date() if isinstance(moment, datetime) else moment
    return f"{local:%A, %B} {local.day}"


def hour(moment: datetime, district: District) -> str:
    """Name a time of day in the district's own time zone: 7:05 AM."""
    local = moment.astimezone(district.hours.zone)
    return f"{local.hour % 12 or 12}:{local:%M} {local:%p}"


def day_and_hour(moment: datetime, district: District, *, now: datetime) -> str:
    """Name a moment: the time of day alone where it is today, else with the day."""
    zone = district.hours.zone
    if moment.astimezone(zone).date() == now.astimezone(zone).date():
        return hour(moment, district)
    return f"{day(moment, district)}, {hour(moment, district)}"


def took(waited: timedelta) -> str:
    """Say how long something took, as people would."""
    minutes = int(waited.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} minute{'s' if minutes != 1 else ''}"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
