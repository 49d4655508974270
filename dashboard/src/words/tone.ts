import type { Tone } from "./run-status.ts";

/** Text and ground of a tone; the classes stand here whole, because the build looks for them. */
export const TONE: Readonly<Record<Tone, string>> = {
  good: "text-good bg-good-ground",
  bad: "text-bad bg-bad-ground",
  busy: "text-busy bg-busy-ground",
  calm: "text-calm bg-calm-ground",
  held: "text-held bg-held-ground",
  gone: "text-gone bg-gone-ground",
};
