import { beginProblem, type Start } from "@durable/protocol/wire";
import type { Begin } from "../../domain/begin.ts";
import { beginOf } from "../../ingest/begin-of.ts";
import { invalid } from "../middleware/check.ts";

/** @throws Problem for what says two things, or a time that is none. */
export function requireBegin(start: Start): Begin | undefined {
  const detail = beginProblem(start);
  if (detail !== null) throw invalid([{ pointer: "/at", detail }]);
  return beginOf(start);
}
