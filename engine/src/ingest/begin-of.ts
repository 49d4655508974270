import { parseInstant, type Start } from "@durable/protocol/wire";
import type { Begin } from "../domain/begin.ts";

/** What a sender says of when it shall begin. */
export function beginOf({ delay_ms: inMs, at }: Start): Begin | undefined {
  if (inMs !== undefined) return { cause: "delay", inMs };
  const atMs = at === undefined ? null : parseInstant(at);
  return atMs === null ? undefined : { cause: "delay", atMs };
}
