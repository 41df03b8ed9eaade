"""What a delivery of the kind "reminder" is: the first message, a re-alert, a snooze or a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.storage import deliveries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Delivery, Dose

KIND = "reminder"


@dataclass(frozen=True, slots=True)
class Alert:
    """One message about a dose.

    Attributes:
        re_alert: 0 for the first message, 1 and 2 for re-alerts; a snooze has the number of what it replaces.
        snoozed: The patient asked for it.
        is_copy: The same message may have arrived already.
        late_first: No earlier message named the dose: a hold ended only now, or the plan began this late.
    """

    re_alert: int = 0
    snoozed: bool = False
    is_copy: bool = False
    late_first: bool = False

    @property
    def is_first(self) -> bool:
        """Tell whether no earlier message asked about the dose."""
        return (self.re_alert == 0 or self.late_first) and not self.is_copy

    def to_payload(self) -> dict[str, Any]:
        """Return what `of` reads; "what" is for whoever looks at the table."""
        what = (
            "copy" if self.is_copy else "snooze" if self.snoozed else "re_alert" if self.re_alert else "first"
        )
        return {
            "what": what,
            "re_alert": self.re_alert,
            "snoozed": self.snoozed,
            "late_first": self.late_first,
        }

    @staticmethod
    def of(delivery: Delivery) -> Alert:
        """Read a delivery of this kind."""
        payload = delivery.payload or {}
        return Alert(
            re_alert=payload.get("re_alert", min(delivery.ordinal, 1)),
            snoozed=payload.get("snoozed", False),
            is_copy=payload.get("what") == "copy",
            late_first=payload.get("late_first", False),
        )


async def plan_alert(
    session: AsyncSession, dose: Dose, alert: Alert, due_at: datetime, expires_at: datetime
) -> None:
    """Plan one message about *dose*: at *due_at*, worth sending until *expires_at* (aware UTC instants)."""
    await deliveries.plan_another(
        session,
        patient_id=dose.patient_id,
        kind=KIND,
        subject=str(dose.id),
        due_at=due_at,
        expires_at=expires_at,
        payload=alert.to_payload(),
    )
