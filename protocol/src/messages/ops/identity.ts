import type { StepId } from "../values.ts";

/** What every op carries, so that the engine can compute the id again and compare. */
export interface OpIdentity {
  id: StepId;
  name: string;
  n: number;
  /** Id of the enclosing branch or group; missing means none. */
  scope?: StepId | undefined;
}
