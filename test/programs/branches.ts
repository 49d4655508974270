// Statements with branches of the SDK's own.

import { createFunction, NonRetriableError, type Step } from "../../sdk-ts/src/index.ts";
import { type Context, Returned } from "./context.ts";
import { type Block, fold, type NeverKind, type Statement, WAITED_EVENT } from "./program.ts";

/** What a branch waits for that does not end. */
export const forever = createFunction({
  id: "forever",
  handler: ({ step }) => step.sleep("for ever", "30d"),
});

type RunBlock = (context: Context, body: Block, start: number) => Promise<number>;

export async function join(
  context: Context,
  { kind, name, fanOut, branches, never }: Extract<Statement, { do: "join" }>,
  value: number,
  block: RunBlock,
): Promise<number> {
  const ending = branches.map((body, index) => async (step: Step) => {
    const result = block({ ...context, step, awaitsOwn: false }, body, fold(value, index));
    if (kind === "race") return result;
    const end = await endOf(result);
    if (kind === "quorum") throw new NonRetriableError(`no ${end}`);
    return end;
  });
  const all = [...ending, ...never.map((how) => (step: Step) => neverEnds(step, how))];
  const { step } = context;
  switch (kind) {
    case "all":
      return (await step.parallel(all, { name, fanOut })).reduce<number>(fold, value);
    case "race":
      return fold(value, await step.race(all, { name, fanOut }));
    case "first":
      return fold(value, await step.parallel(all, { name, fanOut, join: "first" }));
    case "some": {
      const some = await step.parallel(all, { name, fanOut, join: ending.length });
      // In the order in which they came, which is chance.
      return some.map(String).sort().reduce<number>(fold, value);
    }
    case "quorum":
      return (await step.parallel(all, { name, fanOut, join: never.length + 1 })).reduce<number>(fold, value);
  }
}

export async function each(
  context: Context,
  { name, items, concurrency, body }: Extract<Statement, { do: "each" }>,
  value: number,
  block: RunBlock,
): Promise<number> {
  const ends = await context.step.forEach(
    name,
    Array.from({ length: items }, (_, index) => fold(value, index)),
    (start, _, step) => endOf(block({ ...context, step, awaitsOwn: false }, body, start)),
    { concurrency },
  );
  return ends.reduce<number>(fold, value);
}

export async function promise(
  context: Context,
  { name, of, body }: Extract<Statement, { do: "promise" }>,
  value: number,
  block: RunBlock,
): Promise<number> {
  const result = block(context, body, value);
  const patience = context.step.sleep(name, "30d").then(() => "never");
  if (of === "race") return fold(value, await Promise.race([result, patience]));
  return fold(value, await Promise.any([endOf(result), patience]));
}

/** Failed or not. */
async function endOf(result: Promise<number>): Promise<number | string> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Returned) throw error;
    return (error as Error).message;
  }
}

async function neverEnds(step: Step, how: NeverKind): Promise<never> {
  switch (how) {
    case "sleep":
      await step.sleep("never", "30d");
      break;
    case "wait":
      await step.waitForEvent("never", {
        event: WAITED_EVENT,
        match: { key: "nobody says it" },
        timeout: "30d",
      });
      break;
    case "child":
      await step.invoke("never", forever);
      break;
    case "retry":
      await step.run(
        "never",
        () => {
          throw new Error("not yet");
        },
        { retry: { backoff: ["1h"] } },
      );
  }
  throw new Error("It ended.");
}
