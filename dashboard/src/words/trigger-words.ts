// What starts a function, in words.
import { cronInWords } from "./cron.ts";
import type { Manifest, Trigger } from "./manifest.ts";

export function triggerSaid({ event, cron, tz, if: condition }: Trigger): string {
  const when = condition === undefined ? "" : `, if ${condition}`;
  if (event !== undefined) return `On ${event}${when}`;
  if (cron === undefined) return "";
  const zone = tz === undefined || tz === "UTC" ? "" : ` (${tz})`;
  return `${cronInWords(cron) ?? cron}${zone}${when}`;
}

export function triggersSaid({ triggers = [] }: Manifest): readonly string[] {
  const said = triggers.map(triggerSaid).filter(Boolean);
  return said.length === 0 ? ["By hand, or by another function"] : said;
}
