// A line of cron as a sentence. It speaks of what the line comes at, not of how it is written: `0,30 * * * *` and `*/30 * * * *`
// are the same. What would need a long sentence is told by its lists; nothing is left out.
import { type Cron, readCron } from "@durable/engine/cron";
import { listed, ordinal } from "./number.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
/** So many times of a day are told one by one. */
const TIMES_MAX = 6;

/** `At 09:00, Monday to Friday`. Null for a text that is no line. */
export function cronInWords(line: string): string | null {
  const cron = readCron(line);
  if (typeof cron === "string") return null;
  const said = [timesOf(cron), daysOf(cron), monthsOf(cron)].filter((part) => part !== null).join(", ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function timesOf(cron: Cron): string {
  const { seconds, minutes, hours } = cron;
  if (seconds.length > 1) return secondsOf(cron);
  const second = seconds[0]!;
  if (minutes.length * hours.length <= TIMES_MAX && hours.length < 24) {
    return `at ${listed(hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute, second))))}`;
  }
  const at = second === 0 ? "" : `, at second ${second}`;
  return `${minutesOf(cron)}${at}`;
}

function minutesOf({ minutes, hours }: Cron): string {
  const every = stepOf(minutes, 60);
  const within = hours.length === 24 ? "" : ` ${hoursOf(hours, minutes.at(-1)!)}`;
  if (every === 1) return `every minute${within}`;
  if (every !== null) return `every ${every} minutes${within}`;
  if (minutes.length > 1) return `at minutes ${listed(minutes.map(String))} of every hour${within}`;
  const minute = minutes[0]!;
  const step = stepOf(hours, 24);
  const past = minute === 0 ? "" : `, at minute ${minute}`;
  if (step === 1) return `every hour${past}`;
  if (step !== null) return `every ${step} hours${past}`;
  const [first, last] = spanOf(hours) ?? [];
  if (first !== undefined) return `every hour from ${clock(first, minute)} to ${clock(last!, minute)}`;
  return `at minute ${minute} of the hours ${listed(hours.map(String))}`;
}

function hoursOf(hours: readonly number[], lastMinute: number): string {
  const [first, last] = spanOf(hours) ?? [];
  if (first !== undefined) return `from ${clock(first, 0)} to ${clock(last!, lastMinute)}`;
  const step = stepOf(hours, 24);
  if (step !== null) return `of every ${ordinal(step)} hour`;
  return `in the ${hours.length === 1 ? "hour" : "hours"} ${listed(hours.map(String))}`;
}

function secondsOf({ seconds, minutes, hours }: Cron): string {
  const every = stepOf(seconds, 60);
  const said =
    every === 1
      ? "every second"
      : every === null
        ? `at seconds ${listed(seconds.map(String))}`
        : `every ${every} seconds`;
  if (minutes.length === 60 && hours.length === 24) return every === null ? `${said} of every minute` : said;
  const of =
    minutes.length === 60
      ? ""
      : ` of the ${minutes.length === 1 ? "minute" : "minutes"} ${listed(minutes.map(String))}`;
  return `${said}${of}${hours.length === 24 ? "" : ` ${hoursOf(hours, minutes.at(-1)!)}`}`;
}

function daysOf(cron: Cron): string | null {
  const { days, weekdays, isEitherDay, hours, minutes } = cron;
  const ofMonth = days.length === 31 ? null : daysOfMonth(days);
  const ofWeek = weekdays.length === 7 ? null : weekdaysOf(weekdays);
  if (isEitherDay) {
    // One of the two is enough, so a day that is always there makes the other mean nothing.
    if (ofMonth === null || ofWeek === null) return "every day";
    return `${ofMonth}, and also ${ofWeek}`;
  }
  if (ofMonth !== null && ofWeek !== null) return `${ofMonth} where that is ${orWeekdays(weekdays)}`;
  if (ofMonth !== null || ofWeek !== null) return ofMonth ?? ofWeek;
  return hours.length < 24 && minutes.length * hours.length <= TIMES_MAX ? "every day" : null;
}

function daysOfMonth(days: readonly number[]): string {
  const [first, last] = days.length > 2 ? (spanOf(days) ?? []) : [];
  if (first !== undefined) return `from the ${ordinal(first)} to the ${ordinal(last!)} of the month`;
  return `on the ${listed(days.map(ordinal))} of the month`;
}

function weekdaysOf(weekdays: readonly number[]): string {
  // As a week is read, from Monday on.
  const fromMonday = weekdays.map((day) => (day + 6) % 7).sort((a, b) => a - b);
  const name = (day: number) => WEEKDAYS[(day + 1) % 7]!;
  const [first, last] = fromMonday.length > 2 ? (spanOf(fromMonday) ?? []) : [];
  if (first !== undefined) return `${name(first)} to ${name(last!)}`;
  return `every ${listed(fromMonday.map(name))}`;
}

function orWeekdays(weekdays: readonly number[]): string {
  return `a ${listed(
    weekdays.map((day) => WEEKDAYS[day]!),
    "or",
  )}`;
}

function monthsOf({ months }: Cron): string | null {
  if (months.length === 12) return null;
  const [first, last] = months.length > 2 ? (spanOf(months) ?? []) : [];
  if (first !== undefined) return `from ${MONTHS[first - 1]} to ${MONTHS[last! - 1]}`;
  return `in ${listed(months.map((month) => MONTHS[month - 1]!))}`;
}

function clock(hour: number, minute: number, second = 0): string {
  const time = `${two(hour)}:${two(minute)}`;
  return second === 0 ? time : `${time}:${two(second)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** All that come every so often, from 0 on, through the whole of it; null when they do not. */
function stepOf(values: readonly number[], whole: number): number | null {
  if (values[0] !== 0 || values.length < 2) return null;
  const step = values[1]!;
  if (whole % step !== 0 || values.length !== whole / step) return null;
  return values.every((value, index) => value === index * step) ? step : null;
}

/** First and last, where none between them is missing. */
function spanOf(values: readonly number[]): [number, number] | null {
  const first = values[0]!;
  const isWhole = values.length > 1 && values.every((value, index) => value === first + index);
  return isWhole ? [first, values.at(-1)!] : null;
}
