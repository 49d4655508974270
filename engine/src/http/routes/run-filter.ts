import type { RunStatus } from "../../domain/run-status.ts";
import { readRunQuery } from "../../runs/find-runs.ts";
import type { RunFilter } from "../../store/run-filter.ts";

interface Asked {
  readonly q?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly function?: string | undefined;
  readonly version?: number | undefined;
  readonly error?: string | undefined;
  readonly step?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** As one query: its text, and the members beside it. @throws Problem `validation` */
export function runQueryOf(asked: Asked, nowMs: number) {
  const { q = "", status, version, error, step, from, to, ids } = asked;
  const beside: { -readonly [Key in keyof RunFilter]?: RunFilter[Key] | undefined } = {
    ...{ version, error, step, ids },
    statuses: status === undefined ? undefined : [status],
    functionId: asked.function,
    fromMs: from === undefined ? undefined : Date.parse(from),
    toMs: to === undefined ? undefined : Date.parse(to),
  };
  return readRunQuery(q, beside as Partial<RunFilter>, nowMs);
}
