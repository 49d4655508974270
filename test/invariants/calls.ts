import { groupBy } from "../../engine/src/domain/group-by.ts";
import { examined, type Invariant } from "./invariant.ts";

// M. Calls that the engine makes for a step.

export const CALLS: readonly Invariant[] = [
  {
    number: "F1",
    name: "called with one key",
    sentence: "All calls for one step carry the same idempotency key, and no other step's.",
    phase: "after",
    needs: "appLog",
    async check({ appLog }) {
      const echoes = appLog!.only("echo");
      const violations = echoes
        .filter(({ run, stepId, key }) => key !== `${run}/${stepId}`)
        .map(({ run, stepId, key }) => `${run}/${stepId} was called with the key ${key}`);
      return examined(echoes.length, violations);
    },
  },
  {
    number: "F2",
    name: "the call's answer",
    sentence: "What user code got from a call is what was answered to this very call.",
    phase: "after",
    needs: "appLog",
    async check({ appLog }) {
      const echoes = groupBy(appLog!.only("echo"), ({ run, stepId }) => `${run}/${stepId}`);
      const fetched = appLog!.only("fetched");
      const violations = fetched
        .filter(({ run, stepId, got }) => got !== `${run}/${stepId}` || !echoes.has(got))
        .map(({ run, stepId, got }) => `${run}/${stepId} got ${got}`);
      return examined(fetched.length, violations);
    },
  },
];
