"""What must hold of opening hours: time zone, spans, holidays."""

from __future__ import annotations

from collections.abc import Iterator

from agentdesk.config.convert import Key
from agentdesk.config.findings import Finding, timezone
from agentdesk.config.hours import DAYS, parse_date, parse_span, public_holidays
from agentdesk.config.problems import nearest
from agentdesk.config.server import HolidaySettings, HoursSettings


def check_hours(hours: HoursSettings, key: Key) -> Iterator[Finding]:
    """Everything that is wrong with the hours of a queue."""
    yield from timezone(hours.timezone, (*key, "timezone"))
    for day in DAYS:
        for place, text in enumerate(getattr(hours.weekly, day)):
            if parse_span(text) is None:
                remedy = "Write it like 09:00-17:00; past midnight is two spans, one on each day."
                yield Finding((*key, "weekly", day, place), f"{text!r} is not a span of a day.", remedy)
    yield from _holidays(hours.holidays, (*key, "holidays"))


def _holidays(known: HolidaySettings, key: Key) -> Iterator[Finding]:
    for place, text in enumerate(known.dates):
        if parse_date(text) is None:
            remedy = "Write it like 2026-12-24, or 12-24 for every year."
            yield Finding((*key, "dates", place), f"{text!r} is not a date.", remedy)
    if known.subdivision and not known.country:
        yield Finding((*key, "country"), "a subdivision needs its country.", "Write it like DE.")
    if known.country:
        yield from _country(known, key)


def _country(known: HolidaySettings, key: Key) -> Iterator[Finding]:
    from holidays import list_supported_countries

    countries = list_supported_countries(include_aliases=True)
    parts = countries.get(known.country)
    if parts is None:
        remedy = "Write its ISO 3166 code, like ID or VN."
        yield Finding((*key, "country"), f"no holidays are known of {known.country!r}.", remedy)
        return
    try:
        public_holidays(known.country, known.subdivision)
    except NotImplementedError:
        why = f"no part of {known.country} is called {known.subdivision!r}."
        yield Finding((*key, "subdivision"), why, nearest(known.subdivision, parts))
