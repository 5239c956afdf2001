"""Times as people say them: «明天上午8点半以后», «下周一下午2点到5点半» (words: `texts/hours.yml`)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from actions.clock import SHANGHAI
from actions.hours import Hours
from actions.texts import Texts

TOPIC = "hours"


def clock(texts: Texts, moment: time, *, part: bool = True) -> str:
    """«上午8点半»; `part=False` leaves the part of the day out."""
    hour = moment.hour if moment.hour <= 12 else moment.hour - 12
    form = {0: "hour", 30: "half"}.get(moment.minute, "minutes")
    said = texts.say(f"{TOPIC}.{form}", hour=hour, minute=moment.minute)
    return (part_of_day(texts, moment) if part else "") + said


def part_of_day(texts: Texts, moment: time) -> str:
    parts = texts.get(f"{TOPIC}.parts")
    return str(next(entry["word"] for entry in parts if moment.hour < entry["until"]))


def day(texts: Texts, wanted: date, today: date) -> str:
    """今天, 明天, 后天; a day of this or the next week by its name; later ones by their date."""
    ahead = (wanted - today).days
    near: list[str] = texts.get(f"{TOPIC}.days")
    if 0 <= ahead < len(near):
        return near[ahead]
    weeks = (_monday(wanted) - _monday(today)).days // 7
    if ahead > 0 and weeks in (0, 1):
        name: str = texts.get(f"{TOPIC}.weekdays")[wanted.weekday()]
        return (texts.say(f"{TOPIC}.next_week") if weeks else "") + name
    return texts.say(f"{TOPIC}.date", month=wanted.month, day=wanted.day)


def moment(texts: Texts, when: datetime, now: datetime) -> str:
    """«明天上午8点半»."""
    local, today = when.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    return day(texts, local.date(), today) + clock(texts, local.time())


def after(texts: Texts, when: datetime, now: datetime) -> str:
    """«明天上午8点半以后»."""
    local, today = when.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    said = {"day": day(texts, local.date(), today), "start": clock(texts, local.time())}
    return texts.say(f"{TOPIC}.after", **said)


def span(texts: Texts, start: datetime, end: datetime, now: datetime) -> str:
    """«明天上午8点半到12点»."""
    begin, stop = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    return texts.say(
        f"{TOPIC}.span",
        day=day(texts, begin.date(), now.astimezone(SHANGHAI).date()),
        start=clock(texts, begin.time()),
        end=clock(texts, stop.time(), part=False),
    )


def why_closed(texts: Texts, hours: Hours, now: datetime) -> str:
    """«现在是午休时间», «现在下班了» …"""
    local = now.astimezone(SHANGHAI)
    windows = hours.of(local.date())
    before = any(end <= local.time() for _, end in windows)
    behind = any(start > local.time() for start, _ in windows)
    key = {(True, True): "lunch", (False, True): "early", (True, False): "late"}.get((before, behind), "free")
    return texts.say(f"{TOPIC}.closed.{key}")


def usual(texts: Texts, hours: Hours) -> str:
    """The windows of an ordinary working day: «工作日上午8点半到12点、下午2点到5点半»."""
    said = [
        texts.say(f"{TOPIC}.window", start=clock(texts, start), end=clock(texts, end, part=False))
        for start, end in hours.working_days
    ]
    return texts.say(f"{TOPIC}.week", windows="、".join(said)) if said else ""


def _monday(of: date) -> date:
    return of - timedelta(days=of.weekday())
