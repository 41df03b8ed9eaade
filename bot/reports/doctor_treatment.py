"""The first sections of the doctor's page: the treatment, and what was unsafe or on hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.doctor_page import PRIVATE_TRIGGERS, severe_days
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.pause import PAUSE_LABELS, PauseReason
from bot.domain.safety import Trigger
from bot.domain.side_effect import SIDE_EFFECT_LABELS
from bot.locale import N_, _
from bot.locale.dates import month_text, short_date, time_text, weekday_name
from bot.locale.lists import latest
from bot.reports.typesetting import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.doctor_page import DoctorPage, PauseFact
    from bot.domain.regimen import DoseStep, Regimen

Section = dict[str, Any]

# What was written about, so that a doctor can ask: the words that bring each stand in domain/safety_words.
TRIGGER_LABELS: Mapping[Trigger, str] = {
    Trigger.EMERGENCY: N_("breathing, swelling, fainting or overdose"),
    Trigger.URGENT: N_("chest pain, confusion or hallucinations"),
    Trigger.ALLERGY: N_("allergic reaction or hives"),
    Trigger.OPIOIDS: N_("opioids"),
    Trigger.LIVER: N_("yellow skin, dark urine, pale stools or liver pain"),
    Trigger.SURGERY: N_("surgery, dentist, emergency"),
    Trigger.PREGNANCY: N_("pregnancy or breastfeeding"),
    Trigger.NALTREXONE_PRODUCT: N_("another naltrexone product"),
    Trigger.SIDE_EFFECT: N_("a side effect to ask about"),
}


def facts_section(title: str, facts: Iterable[tuple[str, str]]) -> Section:
    """Return a section of "label: fact" lines; those without a fact are left out."""
    return {"kind": "facts", "title": title, "facts": [fact for fact in facts if fact[1]]}


def treatment(page: DoctorPage, listed: int) -> Section:
    """Return the present dose, the start, the steps, and the doses in counts."""
    diary = page.diary
    step = diary.step
    now = (
        _("none yet")
        if step is None
        else _("{dose}, {rhythm}, since {date}").format(
            dose=dose_words(step), rhythm=_rhythm(page.regimen), date=short_date(step.starts_on, year=True)
        )
    )
    begun = [
        one for one in sorted(diary.steps, key=lambda one: one.starts_on) if one.starts_on <= diary.span.last
    ]
    steps = [f"{dose_words(one)} ({short_date(one.starts_on, year=True)})" for one in begun]
    return facts_section(
        _("Treatment"),
        (
            (_("Present dose:"), now),
            (_("LDN since:"), _start(page)),
            (_("Dose steps:"), latest(steps, listed) if len(steps) > 1 else ""),
            (_("Doses:"), _doses(page)),
        ),
    )


def _start(page: DoctorPage) -> str:
    started_on = page.diary.started_on
    if started_on is None:
        return _("not started")
    return month_text(started_on) if page.diary.month_only else short_date(started_on, year=True)


def dose_words(step: DoseStep) -> str:
    """Return the amount of a step as the patient typed it."""
    return printable(step.shown_as or format_mg(step.dose_mg))


def _rhythm(regimen: Regimen | None) -> str:
    if regimen is None:
        return ""
    at = time_text(regimen.local_time)
    if regimen.rhythm == "every_other_day":
        return _("every other day at {time}").format(time=at)
    if regimen.rhythm == "weekdays":
        days = ", ".join(weekday_name(day) for day in sorted(regimen.weekdays))
        return _("{days} at {time}").format(days=days, time=at)
    return _("daily at {time}").format(time=at)


def _doses(page: DoctorPage) -> str:
    doses, span = page.diary.summary.doses, page.diary.span
    if not doses.of:
        return _("none in these days")
    parts = [
        _("taken {count}").format(count=doses.taken),
        _("not taken {count}").format(count=doses.not_taken),
        _("not answered {count}").format(count=doses.not_answered),
    ]
    if doses.not_asked:
        parts.append(_("not asked {count}").format(count=doses.not_asked))
    text = _("{counts}, of {of} ({first} to {last})").format(
        counts=" · ".join(parts),
        of=doses.of,
        first=short_date(span.first_dose, year=True),
        last=short_date(span.last_dose, year=True),
    )
    if doses.held:
        text += _("; on hold {count}, not counted").format(count=doses.held)
    if doses.known:
        percent = round(100 * doses.taken / doses.known)
        text += _(". Taken {percent} % of those known ({known} of {of} known)").format(
            percent=percent, known=doses.known, of=doses.of
        )
    return text


def safety(page: DoctorPage, listed: int) -> Section:
    """Return severe side effects, opioids, other safety texts, pauses and holds, or "none recorded"."""
    said = [
        f"{short_date(day)} {_(TRIGGER_LABELS[trigger])}"
        for day, trigger in page.safety
        if trigger not in PRIVATE_TRIGGERS and trigger is not Trigger.OPIOIDS
    ]
    opioids = [short_date(day) for day, trigger in page.safety if trigger is Trigger.OPIOIDS]
    severe = [
        f"{short_date(day)} {', '.join(_(SIDE_EFFECT_LABELS[effect]) for effect in effects)}"
        for day, effects in severe_days(page.diary)
    ]
    none = _("none recorded")
    return facts_section(
        _("Safety"),
        (
            (_("Severe side effects:"), latest(severe, listed) or none),
            (_("Opioids mentioned:"), latest(opioids, listed) or none),
            (_("Other safety answers:"), latest(said, listed) or none),
            (_("Pauses and holds:"), latest([_pause(one) for one in page.pauses], listed) or none),
        ),
    )


def _pause(pause: PauseFact) -> str:
    reason = next((one for one in PauseReason if one.value == pause.reason), None)
    why = _(PAUSE_LABELS[reason]).lower() if reason else _("pause")
    if pause.is_hold:
        why = _("safety hold")
    if pause.last is None:
        return _("since {first} ({why})").format(first=short_date(pause.first, year=True), why=why)
    return _("{first} to {last} ({why})").format(
        first=short_date(pause.first), last=short_date(pause.last, year=True), why=why
    )
