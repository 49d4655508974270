// What a handler of the model does: a program of steps, as fast-check makes it and makes it smaller.

import fc from "fast-check";
import { StepInterruptedError } from "../../sdk-ts/src/index.ts";
import type { Step } from "../../sdk-ts/src/steps/step.ts";

/** `own` is something that is no step: over soon, or only after others. */
type Leaf = "run" | "fail" | "once" | "sleep" | "send" | "wait" | "ask" | "branch" | "own";
type Several = "both" | "each" | "either" | "race" | "first" | "all" | "fan";

export type Program =
  | { readonly do: Leaf; readonly name: string }
  | { readonly do: Several; readonly parts: readonly Program[]; readonly name?: string }
  | {
      readonly do: "loop";
      readonly items: number;
      readonly concurrency: number;
      readonly part: Program;
      readonly name?: string;
    }
  | { readonly do: "if"; readonly name: string; readonly yes: Program; readonly no: Program };

export const STEPS: readonly Leaf[] = ["run", "fail", "once", "sleep", "send", "wait", "ask", "branch"];
const SEVERAL: readonly Several[] = ["both", "each", "either", "race", "first", "all", "fan"];

export const name = fc.constantFrom("a", "b", "c");

export function programOf(leaves: readonly Leaf[]): fc.Arbitrary<Program> {
  return fc.letrec<{ program: Program }>((tie) => ({
    program: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ do: fc.constantFrom(...leaves), name }) as fc.Arbitrary<Program>,
      fc.record({
        do: fc.constantFrom(...SEVERAL),
        parts: fc.array(tie("program"), { minLength: 1, maxLength: 3 }),
      }) as fc.Arbitrary<Program>,
      fc.record({
        do: fc.constant("loop"),
        items: fc.integer({ min: 0, max: 4 }),
        concurrency: fc.integer({ min: 1, max: 3 }),
        part: tie("program"),
      }) as fc.Arbitrary<Program>,
      fc.record({
        do: fc.constant("if"),
        name,
        yes: tie("program"),
        no: tie("program"),
      }) as fc.Arbitrary<Program>,
    ),
  })).program;
}

export const program = programOf(STEPS);

/** What the program computes; `note` hears of every body that runs, and may hold it up. */
export async function play(program: Program, step: Step, note: (key: string) => unknown): Promise<unknown> {
  switch (program.do) {
    case "run":
      return step.run(program.name, async ({ idempotencyKey }) => {
        await note(idempotencyKey);
        return { of: program.name, at: new Date(0) };
      });
    case "fail":
      return step
        .run(program.name, () => {
          throw new TypeError(`no ${program.name}`);
        })
        .catch((error: Error) => `${error.name}: ${error.message}`);
    case "once":
      return step
        .run(program.name, ({ idempotencyKey }) => void note(idempotencyKey), { atMostOnce: true })
        .catch((error: unknown) => {
          if (!(error instanceof StepInterruptedError)) throw error;
        })
        .then(() => "over");
    case "sleep":
      return step.sleep(program.name, "1d").then(() => "slept");
    case "send":
      return (await step.sendEvent(program.name, { name: "told" })).ids.length;
    case "wait":
      return (await step.waitForEvent(program.name, { event: "told" }))?.name ?? null;
    case "ask":
      return (await step.waitForApproval(program.name))?.by ?? null;
    case "branch": {
      step.setState(program.name);
      const taken = await step.branch(program.name, {
        one: () => Math.random() < 0.5,
        two: async () => true,
      });
      return typeof taken;
    }
    case "own":
      return soon(Math.floor(Math.random() * 4));
    case "both":
      return Promise.all(program.parts.map((part) => play(part, step, note)));
    case "each": {
      const results = [];
      for (const part of program.parts) results.push(await play(part, step, note));
      return results;
    }
    case "either":
      return Promise.race(program.parts.map((part) => play(part, step, note)));
    case "race":
    case "first":
    case "all":
    case "fan": {
      const branches = program.parts.map((part) => (branch: Step) => play(part, branch, note));
      const { name } = program;
      if (program.do === "race") return step.race(branches, { name });
      if (program.do === "first") return step.parallel(branches, { name, join: "first" });
      return step.parallel(branches, { name, fanOut: program.do === "fan" });
    }
    case "loop": {
      const { items, concurrency, part, name = "forEach" } = program;
      const all = Array.from({ length: items }, (_, at) => at);
      return step.forEach(name, all, (_, __, inner) => play(part, inner, note), { concurrency });
    }
    case "if": {
      const even = (await step.run(program.name, () => program.name.charCodeAt(0))) % 2 === 0;
      return play(even ? program.yes : program.no, step, note);
    }
  }
}

export async function soon(macrotasks: number): Promise<void> {
  for (let i = 0; i < macrotasks; i += 1) await new Promise(setImmediate);
}

export function partsOf(program: Program): readonly Program[] {
  if ("parts" in program) return program.parts;
  if (program.do === "loop") return [program.part];
  return program.do === "if" ? [program.yes, program.no] : [];
}

/** The same program with its parts changed; `at` is the place of each. */
export function withParts(program: Program, change: (part: Program, at: string) => Program): Program {
  if ("parts" in program)
    return { ...program, parts: program.parts.map((part, at) => change(part, `${at}`)) };
  if (program.do === "loop") return { ...program, part: change(program.part, "each") };
  if (program.do !== "if") return program;
  return { ...program, yes: change(program.yes, "yes"), no: change(program.no, "no") };
}

export const has =
  (...kinds: Program["do"][]) =>
  (program: Program): boolean =>
    kinds.includes(program.do) || partsOf(program).some(has(...kinds));
