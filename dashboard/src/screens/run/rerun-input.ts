// What is asked of the engine for a rerun, from what somebody chose.
import type { InputOf } from "@durable/engine/api";
import type { Run } from "../../live/patches.ts";

export interface RerunChoice {
  /** `start`, `failed`, or the id of a step. */
  readonly from: string;
  readonly version: "newest" | "same";
  /** Null: as it was. Of the event, or of the step that it begins from. */
  readonly data: { readonly value: unknown } | null;
  readonly result: { readonly value: unknown } | null;
}

export function rerunInput(
  { app, environment: env, id }: Run,
  { from, version, data, result }: RerunChoice,
  reason: string | undefined,
): InputOf<"rerunRun"> {
  const step = from === "start" ? null : from === "failed" ? "failed" : { step: from };
  return {
    params: { app, env, id },
    query: {},
    body: {
      version,
      ...(step === null ? {} : { from_step: step }),
      ...(data === null ? {} : { data: data.value }),
      ...(result === null || step === null || step === "failed" ? {} : { result: result.value }),
      ...(reason === undefined ? {} : { reason }),
    } as NonNullable<InputOf<"rerunRun">["body"]>,
  };
}

/** Steps that a rerun may begin from: those that are in the journal, and code is shown. */
export function stepsToBeginFrom({ steps }: Run): Run["steps"] {
  return steps.filter(({ seq, group, op }) => seq !== null && group === null && op !== "compensate");
}
