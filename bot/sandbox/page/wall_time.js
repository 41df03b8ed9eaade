// Instants as a patient's clock and calendar show them. Before enrolment there is no zone: then UTC.

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    let timeZone = zone ?? "UTC";
    try {
      new Intl.DateTimeFormat("en-GB", { timeZone });
    } catch {
      timeZone = "UTC"; // a zone that this browser's tzdata doesn't know yet
    }
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone, ...options }));
  }
  return formats.get(key);
}

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** @returns {string} "22:00" */
export const clock = (instant, zone) => format(zone, CLOCK).format(instant);

/** @returns {string} "Tue 24 Nov 2026" */
export const day = (instant, zone) =>
  format(zone, { weekday: "short", day: "numeric", month: "short", year: "numeric" })
    .format(instant)
    .replace(",", "");

/** @returns {string} "Tuesday, 24 November 2026": for separators. */
export const longDay = (instant, zone) => {
  const parts = format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).formatToParts(instant);
  const part = (type) => parts.find((each) => each.type === type).value;
  return `${part("weekday")}, ${part("day")} ${part("month")} ${part("year")}`;
};

/** @returns {string} "in 5 h 12 min" */
export function until(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days) return `in ${days} d ${hours} h`;
  return hours ? `in ${hours} h ${rest} min` : `in ${rest} min`;
}
