import type { ValueLine } from "../execution/value-line.ts";
import { elapsedMs, monotonicMs } from "../runtime/clock.ts";
import type { WholeMemo } from "./memo-pages.ts";

const utf8 = new TextDecoder();

/** The request with the data of its event, which comes by itself when it is large. */
export async function fetchEvent(fetched: WholeMemo, values: ValueLine): Promise<WholeMemo> {
  if (fetched.kind !== "whole") return fetched;
  const { request } = fetched;
  const { ref, ...event } = request.input.event;
  if (ref === undefined) return fetched;
  const startedAtMs = monotonicMs();
  const end = await values.fetch(ref);
  if (end.kind !== "value") return end;
  const input = { ...request.input, event: { ...event, data: JSON.parse(utf8.decode(end.bytes)) } };
  const budget = { ...request.budget, ms: request.budget.ms - elapsedMs(startedAtMs) };
  return { kind: "whole", request: { ...request, input, budget } };
}
