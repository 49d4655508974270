// How long, and when, in few characters and always the same ones.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0 ms`, `850 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. Milliseconds in. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND) * SECOND;
  if (seconds < HOUR) return two(seconds, MINUTE, "min", SECOND, "s");
  const minutes = Math.round(ms / MINUTE) * MINUTE;
  if (minutes < DAY) return two(minutes, HOUR, "h", MINUTE, "min");
  return two(Math.round(ms / HOUR) * HOUR, DAY, "d", HOUR, "h");
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  return rest === 0
    ? `${Math.floor(ms / big)} ${bigName}`
    : `${Math.floor(ms / big)} ${bigName} ${rest} ${smallName}`;
}

/** One unit, rounded down: `now`, `12 s`, `5 min`, `3 h`, `2 d`. For a column that is read at a glance. */
export function age(ms: number): string {
  if (ms < SECOND) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

// Formatters are made once: to make one costs more than to draw a row, and rows tell their time anew every second.
const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
const CLOCK = new Intl.DateTimeFormat("en-GB", TIME);
const CLOCK_TO_MS = new Intl.DateTimeFormat("en-GB", { ...TIME, fractionalSecondDigits: 3 });
const DAY_OF_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DAY_AND_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** `14:03:22` of today, `21 Oct 14:03:22` before, with the year where it is another. In the reader's zone. */
export function clockTime(instant: string, nowMs: number): string {
  const at = new Date(instant);
  const now = new Date(nowMs);
  const time = CLOCK.format(at);
  if (at.toDateString() === now.toDateString()) return time;
  const day = at.getFullYear() === now.getFullYear() ? DAY_OF_YEAR : DAY_AND_YEAR;
  return `${day.format(at)} ${time}`;
}

/** `14:03:22.120`, in the reader's zone. */
export function clockTimeToMs(instant: string): string {
  return CLOCK_TO_MS.format(Date.parse(instant));
}

/** As people declare it: `10 s`, `1.5 s`, `1 h`. */
export function period(ms: number): string {
  return duration(ms).replace(/\.0 s$/, " s");
}
