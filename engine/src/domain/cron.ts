// What a cron line may say: five fields, or six with seconds first. Each is a list of `*`, a number, or a span, with a step
// behind `/` where it has one; months and days of the week also by their names.

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** From `min` on. */
  readonly words?: readonly string[];
}

const SECOND: Field = { name: "second", min: 0, max: 59 };
const DAY: Field = { name: "day of the month", min: 1, max: 31 };
const MONTH: Field = {
  name: "month",
  min: 1,
  max: 12,
  words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  DAY,
  MONTH,
  // Sunday is 0 and 7.
  { name: "day of the week", min: 0, max: 7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];
/** In a leap year. */
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What a line comes at, each list ascending. */
export interface Cron {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Both days are named: one of the two is enough, as cron has always had it. Else both must hold. */
  readonly isEitherDay: boolean;
  /** It comes in all hours: it runs by time that passes, not by what clocks show, when they are put forward or back. */
  readonly isEveryHour: boolean;
}

/** A line, or why a text is none, for the person who wrote it. */
export function readCron(text: string): Cron | string {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) {
    return `it has ${parts.length === 1 ? "1 field" : `${parts.length} fields`}, and there are five (minute, hour, day, month, day of the week), or six with seconds first`;
  }
  const [second, ...others] = parts.length === 6 ? (parts as [string, ...string[]]) : ["0", ...parts];
  const lists: (readonly number[])[] = [];
  for (const [index, field] of [SECOND, ...FIELDS].entries()) {
    const read = readField(field, index === 0 ? second! : others[index - 1]!);
    if (typeof read === "string") return read;
    lists.push(read);
  }
  const [seconds, minutes, hours, days, months, weekdays] = lists as [
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const [, , day, , weekday] = others as [string, string, string, string, string];
  const isEitherDay = !day.startsWith("*") && !weekday.startsWith("*");
  if (!isEitherDay && !months.some((month) => days.some((each) => each <= DAYS_IN_MONTH[month - 1]!))) {
    return "no such day ever comes";
  }
  return {
    seconds,
    minutes,
    hours,
    days,
    months,
    weekdays: ascending(weekdays.map((each) => each % 7)),
    isEitherDay,
    isEveryHour: hours.length === 24,
  };
}

/** Why a text is no cron line; null when it is one. */
export function cronProblem(text: string): string | null {
  const cron = readCron(text);
  return typeof cron === "string" ? cron : null;
}

/** Why there is no such time zone; null when there is. */
export function timeZoneProblem(zone: string): string | null {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return null;
  } catch {
    return `${JSON.stringify(zone)} is no time zone of the IANA data base, such as "Europe/Zurich" or "UTC"`;
  }
}

/** What it holds at, or what is wrong with it. */
function readField(field: Field, text: string): readonly number[] | string {
  const values: number[] = [];
  for (const item of text.split(",")) {
    const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\w+))?$/.exec(item);
    if (match === null) return `${JSON.stringify(item)} is no ${field.name}`;
    const [, from, to, every] = match as unknown as [string, string, string | undefined, string | undefined];
    const first = from === "*" ? field.min : numberOf(field, from);
    const last =
      to !== undefined ? numberOf(field, to) : from === "*" || every !== undefined ? field.max : first;
    const step = every === undefined ? 1 : /^\d+$/.test(every) ? Number(every) : Number.NaN;
    if (first === null || last === null || (from === "*" && to !== undefined)) {
      return `${JSON.stringify(item)} is no ${field.name} from ${field.min} to ${field.max}`;
    }
    if (first > last) return `${JSON.stringify(item)} ends before it begins`;
    if (!(step >= 1))
      return `${JSON.stringify(item)} goes in steps of ${JSON.stringify(every)}, and they are numbers from 1`;
    for (let value = first; value <= last; value += step) values.push(value);
  }
  return ascending(values);
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function numberOf({ min, max, words }: Field, text: string): number | null {
  const word = words?.indexOf(text.toLowerCase()) ?? -1;
  const value = word >= 0 ? min + word : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}
