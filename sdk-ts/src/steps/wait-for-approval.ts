import type { Turn } from "../execution/turn.ts";
import { type AnsweredBy, type AskOptions, askedOnWire } from "./asked.ts";
import type { Answer } from "./wait-for-input.ts";

/** What a person decided. */
export interface Approval extends AnsweredBy {
  readonly approved: boolean;
  /** Why, where they said so. */
  readonly comment?: string;
}

/**
 * `step.waitForApproval(name, { title, assignee, remindAfter, escalateTo, timeout })`: asks a person for yes or no, and
 * resolves to the decision with who took it and when; null after the timeout. A rejection is an answer like the other:
 * `approved` is false. Otherwise as `step.waitForInput`.
 */
export type WaitForApproval = (name: string, options?: AskOptions) => Promise<Approval | null>;

export function makeWaitForApproval(turn: Turn): WaitForApproval {
  return (name, options = {}) =>
    turn.ask({ op: "approval", name, read }, (id, n) => {
      turn.report({
        op: "input",
        id,
        name,
        n,
        kind: "approval",
        ...askedOnWire(`Step "${name}"`, options, "step.waitForApproval"),
      });
    });
}

function read(recorded: unknown): Approval | null {
  if (recorded === null) return null;
  const { value, by, at } = recorded as Answer<Pick<Approval, "approved" | "comment">>;
  return { ...value, by, at };
}
