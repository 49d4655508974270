import { FAIRNESS_WEIGHT_MAX, type Fairness, type LimitKey, PRIORITY_MAX } from "@durable/protocol/wire";
import { keyOnWire, wholeNumber } from "./gates.ts";
import { optionsProblem } from "./options.ts";

/** A whole number, a path into `event.data` at which there is one, or `{ cel }`, an expression over `event`. */
export type PriorityOption = number | LimitKey;

/** Whose a run is, and what share each gets. */
export interface FairnessOptions {
  /**
   * A path into `event.data`, such as `"tenantId"`, or `{ cel }`, an expression over `event`. An event without a value there
   * starts no run and leaves a skip.
   */
  readonly key: LimitKey;
  /** 1, the default, to 100: a tenant of weight 3 is served three times as often as one of weight 1, as long as both wait. */
  readonly weight?: number | LimitKey | undefined;
}

/** @throws TypeError with what is wrong with it. */
export function priorityOnWire(priority: PriorityOption): PriorityOption {
  return numberOnWire("priority", priority, PRIORITY_MAX, -PRIORITY_MAX);
}

/** @throws TypeError with what is wrong with it. */
export function fairnessOnWire(options: FairnessOptions): Fairness {
  const problem = optionsProblem(options, ["key", "weight"]);
  if (problem !== null) throw new TypeError(`fairness ${problem}`);
  const { key, weight } = options;
  return {
    key: keyOnWire("fairness.key", key),
    ...(weight !== undefined && {
      weight: numberOnWire("fairness.weight", weight, FAIRNESS_WEIGHT_MAX, 1),
    }),
  };
}

function numberOnWire(
  subject: string,
  value: number | LimitKey,
  max: number,
  min: number,
): number | LimitKey {
  return typeof value === "number" ? wholeNumber(subject, value, max, min) : keyOnWire(subject, value);
}
