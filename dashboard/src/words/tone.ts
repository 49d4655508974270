import type { Tone } from "./run-status.ts";

// The classes stand here whole, because the build looks for them.

/** Text on the ground that is there. */
export const TONE_INK: Readonly<Record<Tone, string>> = {
  good: "text-good",
  bad: "text-bad",
  busy: "text-busy",
  calm: "text-calm",
  held: "text-held",
  gone: "text-gone",
};

/** Text and ground. */
export const TONE: Readonly<Record<Tone, string>> = {
  good: "text-good bg-good-ground",
  bad: "text-bad bg-bad-ground",
  busy: "text-busy bg-busy-ground",
  calm: "text-calm bg-calm-ground",
  held: "text-held bg-held-ground",
  gone: "text-gone bg-gone-ground",
};
