// Statements that wait for people.

import type { Context } from "./context.ts";
import { fold, type Statement, waitKey } from "./program.ts";

/** What nobody answers or completes is over soon. */
const UNANSWERED_MS = 15;

const SCHEMA = { type: "object", properties: { say: { type: "string" } }, required: ["say"] };

export async function token(
  { step, key, effects }: Context,
  { name, comes }: Extract<Statement, { do: "token" }>,
  value: number,
): Promise<number> {
  const timeout = comes === "never" ? UNANSWERED_MS : "30d";
  const made = step.createToken(`${name} ${value}`);
  effects.tokenMade(waitKey(key, name, value), made.url);
  const got = await step.waitForSignal<{ say: string }>(name, { token: made, timeout });
  return fold(value, got === null ? "nothing" : got.say);
}

export async function ask(
  { step, key }: Context,
  { name, answer }: Extract<Statement, { do: "ask" }>,
  value: number,
): Promise<number> {
  const timeout = answer === "never" ? UNANSWERED_MS : "30d";
  // By whom the harness finds the question.
  const options = { assignee: waitKey(key, name, value), timeout };
  if (answer === "approved" || answer === "rejected") {
    const decided = await step.waitForApproval(name, options);
    return fold(value, decided === null ? "nothing" : `${decided.by}: ${decided.approved}`);
  }
  const given = await step.waitForInput<{ say: string }>(name, { ...options, jsonSchema: SCHEMA });
  return fold(value, given === null ? "nothing" : `${given.by}: ${given.value.say}`);
}
