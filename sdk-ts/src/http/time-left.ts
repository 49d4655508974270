import type { InvokeRequest } from "@durable/protocol/wire";

/** To write the answer, and what the host itself needs. The engine leaves as much of `maxDuration`. */
const MARGIN_MS = 1_000;

/**
 * The request with no more time for starting bodies than the host has left for all of it. Who is stopped by the host in
 * the middle of a body has done it for nothing; who answers in time is called again at once for the rest.
 */
export function withinTimeLeft(request: InvokeRequest, timeLeftMs: number | undefined): InvokeRequest {
  if (timeLeftMs === undefined) return request;
  // Without any time not one body would ever start, and the engine would take that for a defect of the function.
  const ms = Math.max(1, Math.min(request.budget.ms, timeLeftMs - MARGIN_MS));
  return { ...request, budget: { ...request.budget, ms } };
}
