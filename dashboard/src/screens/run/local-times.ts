import { clockTime } from "../../words/time.ts";

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence of the engine with its instants in the reader's zone. */
export function localTimes(sentence: string, nowMs: number): string {
  return sentence.replaceAll(INSTANT, (instant) => clockTime(instant, nowMs));
}
