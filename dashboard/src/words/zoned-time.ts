// An instant as clocks of a zone show it: of a schedule's, which is not always the reader's.

/** The zone that this browser lives in. */
export function readersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `Mon 30 Nov, 09:00`, with the seconds where there are some, with the year where it is not this one. */
export function zonedTime(instantMs: number, zone: string, nowMs: number): string {
  const parts = partsOf(instantMs, zone);
  const year = parts["year"] === partsOf(nowMs, zone)["year"] ? "" : ` ${parts["year"]}`;
  const seconds = parts["second"] === "00" ? "" : `:${parts["second"]}`;
  return `${parts["weekday"]} ${parts["day"]} ${parts["month"]}${year}, ${parts["hour"]}:${parts["minute"]}${seconds}`;
}

/** Whether clocks of both show the same at these instants. */
export function isSameClock(zone: string, other: string, instantsMs: readonly number[]): boolean {
  return instantsMs.every((ms) => zonedTime(ms, zone, ms) === zonedTime(ms, other, ms));
}

function partsOf(instantMs: number, zone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]));
}
