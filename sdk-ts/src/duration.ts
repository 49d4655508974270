// One reading of durations, everywhere: "2d", "1h30m", "90s", "250ms", milliseconds, or a Temporal.Duration.

export type Duration = number | string | { total(unit: "milliseconds"): number };

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds, whole and not negative. @throws TypeError with the accepted forms for anything else. */
export function durationMs(duration: Duration): number {
  const ms =
    typeof duration === "object"
      ? duration.total("milliseconds")
      : typeof duration === "string"
        ? parse(duration)
        : duration;
  if (!Number.isFinite(ms) || ms < 0) {
    throw new TypeError(
      `${JSON.stringify(duration)} is no duration. Write "2d", "1h30m", "90s", "250ms" or milliseconds.`,
    );
  }
  return Math.round(ms);
}

function parse(text: string): number {
  const compact = text.replaceAll(" ", "").toLowerCase();
  let ms = 0;
  let rest = compact;
  while (rest !== "") {
    const part = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/.exec(rest);
    if (part === null) return Number.NaN;
    ms += Number(part[1]) * UNITS[part[2]!]!;
    rest = rest.slice(part[0].length);
  }
  return compact === "" ? Number.NaN : ms;
}
