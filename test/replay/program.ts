// What a handler of the model does: a program of steps, as fast-check makes it and makes it smaller.

import fc from "fast-check";
import { StepInterruptedError } from "../../sdk-ts/src/index.ts";
import type { Step } from "../../sdk-ts/src/steps/step.ts";

type Leaf = "run" | "fail" | "once" | "sleep" | "send" | "wait" | "ask" | "branch";
type Several = "both" | "each" | "either" | "race" | "first" | "all" | "fan";

export type Program =
  | { readonly do: Leaf; readonly name: string }
  | { readonly do: Several; readonly parts: readonly Program[] }
  | { readonly do: "loop"; readonly items: number; readonly concurrency: number; readonly part: Program }
  | { readonly do: "if"; readonly name: string; readonly yes: Program; readonly no: Program };

const LEAVES: readonly Leaf[] = ["run", "fail", "once", "sleep", "send", "wait", "ask", "branch"];
const SEVERAL: readonly Several[] = ["both", "each", "either", "race", "first", "all", "fan"];

const name = fc.constantFrom("a", "b", "c");

export const { program } = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ do: fc.constantFrom(...LEAVES), name }) as fc.Arbitrary<Program>,
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
}));

/** What the program computes; `note` hears of every body that runs. */
export async function play(program: Program, step: Step, note: (key: string) => void): Promise<unknown> {
  switch (program.do) {
    case "run":
      return step.run(program.name, ({ idempotencyKey }) => {
        note(idempotencyKey);
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
        .run(program.name, ({ idempotencyKey }) => note(idempotencyKey), { atMostOnce: true })
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
      if (program.do === "race") return step.race(branches);
      if (program.do === "first") return step.parallel(branches, { join: "first" });
      return step.parallel(branches, { fanOut: program.do === "fan" });
    }
    case "loop": {
      const { items, concurrency, part } = program;
      const all = Array.from({ length: items }, (_, at) => at);
      return step.forEach(all, (_, __, inner) => play(part, inner, note), { concurrency });
    }
    case "if": {
      const even = (await step.run(program.name, () => program.name.charCodeAt(0))) % 2 === 0;
      return play(even ? program.yes : program.no, step, note);
    }
  }
}

export const has =
  (...kinds: Program["do"][]) =>
  (program: Program): boolean =>
    kinds.includes(program.do) ||
    ("parts" in program && program.parts.some(has(...kinds))) ||
    (program.do === "loop" && has(...kinds)(program.part)) ||
    (program.do === "if" && [program.yes, program.no].some(has(...kinds)));
