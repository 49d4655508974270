import { BRANCH_CASE_CHARACTERS_MAX, BRANCH_CASES_MAX, type BranchOp } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import { callBody } from "../execution/enclosing-step.ts";
import { checkOp } from "../execution/turn/check-op.ts";
import type { Turn } from "../execution/turn.ts";

/** Whether a case holds, or what says so. */
export type BranchCase = boolean | (() => boolean | Promise<boolean>);
/** By name, in the order in which they are asked: 1 to 100. */
export type BranchCases = Readonly<Record<string, BranchCase>>;

/** The names of the cases; with null unless one of them is literally `true`, and so always holds. */
export type Taken<Cases extends BranchCases> =
  | (keyof Cases & string)
  | (AlwaysTrue<Cases> extends never ? null : never);
type AlwaysTrue<Cases> = { [Name in keyof Cases]: Cases[Name] extends true ? Name : never }[keyof Cases];

/**
 * `step.branch(name, { big: order.total > 100, member: () => isMember(id), other: true })`: the name of the first case
 * that holds, or null. The decision is recorded before the run goes on: it is shown in the trace, and it never flips
 * on a replay, whatever the code or the world says by then. A case that is a function is asked only when none before it
 * holds, and never again once the decision is recorded.
 */
export type Branch = <const Cases extends BranchCases>(name: string, cases: Cases) => Promise<Taken<Cases>>;

export function makeBranch(turn: Turn): Branch {
  return <Cases extends BranchCases>(name: string, cases: Cases) =>
    turn.ask<Taken<Cases>>({ op: "branch", name, read: (value) => (value as BranchOp).taken }, (id, n) => {
      const names = checkedNames(name, cases);
      checkOp({ op: "branch", id, name, n, taken: null, cases: names });
      // What throws in a case is thrown where the branch stands: nothing is decided, so nothing is recorded.
      return turn.startOr(async () => {
        const taken = await callBody({ name, turn }, () => firstTrue(name, cases, names));
        return { op: "branch", id, name, n, taken, cases: names };
      });
    });
}

function checkedNames(step: string, cases: unknown): string[] {
  const subject = `Step "${step}"`;
  if (typeof cases !== "object" || cases === null) {
    throw new NonRetriableError(`${subject}: give step.branch an object of cases, { name: condition }.`);
  }
  const names = Object.keys(cases);
  if (names.length === 0 || names.length > BRANCH_CASES_MAX) {
    throw new NonRetriableError(
      `${subject}: a branch has 1 to ${BRANCH_CASES_MAX} cases, not ${names.length}.`,
    );
  }
  for (const name of names) {
    if (name === "" || name.length > BRANCH_CASE_CHARACTERS_MAX) {
      throw new NonRetriableError(
        `${subject}: a case is named by 1 to ${BRANCH_CASE_CHARACTERS_MAX} characters.`,
      );
    }
    // JavaScript puts them first and in the order of numbers, wherever they were written.
    if (/^(0|[1-9]\d*)$/.test(name)) {
      throw new NonRetriableError(
        `${subject}: the case ${JSON.stringify(name)} is named like a number, and such members lose their place in an object. Name it otherwise.`,
      );
    }
  }
  return names;
}

async function firstTrue(step: string, cases: BranchCases, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const given = cases[name];
    const holds: unknown = typeof given === "function" ? await given() : given;
    if (typeof holds !== "boolean") {
      throw new NonRetriableError(
        `Step "${step}": the case ${JSON.stringify(name)} must be true, false or a function that returns one of them. Compare explicitly, as in \`user !== null\`.`,
      );
    }
    if (holds) return name;
  }
  return null;
}
