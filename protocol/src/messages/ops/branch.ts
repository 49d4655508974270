import type { OpIdentity } from "./identity.ts";

/** Which way the run goes. Its value is `{ taken, cases }`. */
export interface BranchOp extends OpIdentity {
  op: "branch";
  /** The first case that holds; null when none does. */
  taken: string | null;
  /** All of them, in the order in which they were asked. */
  cases: string[];
}
