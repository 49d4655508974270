import { createFunction, type DurableFunction, NonRetriableError } from "../../sdk-ts/src/index.ts";
import { body, RETRY, type Told } from "./fixture-body.ts";
import { interpret } from "./interpret.ts";
import { limitedFunctions } from "./limited/functions.ts";
import { HOT_LIMIT, type Instruction } from "./programs.ts";

// Functions that do what their event tells them to, and write down everything they see.

// biome-ignore lint/suspicious/noExplicitAny: an interpreter does not know the types of what it runs
type Any = any;

const STEP = { do: "run", ms: 0, failures: 0, fatal: false } as const;

/** `url`: where the engine finds this app, for calls of its own. */
export function fixtureFunctions(app: string, write: Told["write"], url: string): DurableFunction[] {
  const program = (instructions: readonly Instruction[], { step, run }: Any) =>
    interpret(instructions, { step, run: run.id, write, url });
  const make = (id: string, event: string, options: object = {}) =>
    createFunction({
      id,
      trigger: { event },
      retry: RETRY,
      ...options,
      handler: (context: Any) => program(context.event.data.program ?? [], context),
    });
  return [
    ...limitedFunctions(app, write, url),
    make("worker", "chaos.work"),
    // Its tenants take turns.
    make("chained", "chaos.chained", { fairness: { key: { cel: "size(event.data.program) % 3" } } }),
    // One key of it is hot.
    make("gated", "chaos.gated", { concurrency: { limit: HOT_LIMIT, key: "key" } }),
    // Its programs have no end: an event ends them.
    make("stoppable", "chaos.stoppable", { cancelOn: [{ event: "chaos.stop", match: "key" }] }),
    // It takes short programs only: the others leave a skip.
    createFunction({
      id: "picky",
      trigger: { event: "chaos.work" },
      jsonSchema: { input: { properties: { program: { maxItems: 3 } } } },
      retry: RETRY,
      handler: ({ step }: Any) => step.setState("picked"),
    }),
    // Does two things, fails, and undoes them.
    createFunction({
      id: "saga",
      trigger: { event: "chaos.chained" },
      // Whoever undoes holds its place until that is done.
      concurrency: { limit: 6, unit: "run" },
      retry: RETRY,
      handler: async ({ step, run }: Any) => {
        for (const name of ["book", "pay"])
          await body({ ...STEP, name, undo: true }, { step, run: run.id, write, url });
        throw new NonRetriableError("as told");
      },
    }),
    // Hears of every run that failed.
    createFunction({
      id: "mourner",
      trigger: { event: "durable.run.failed" },
      retry: RETRY,
      handler: ({ step }: Any) => step.setState("sorry"),
    }),
    // Asks people, who seldom have the time to answer.
    createFunction({
      id: "asker",
      trigger: { event: "chaos.chained" },
      retry: RETRY,
      handler: async ({ step }: Any) => {
        await step.waitForApproval("sign", {
          assignee: "ann",
          remindAfter: 400,
          escalateTo: "bob",
          timeout: 1_500,
        });
        await step.race([
          (inner: Any) => inner.waitForInput("amount", { jsonSchema: { type: "number" }, timeout: "1h" }),
          (inner: Any) => inner.sleep("patience", 800),
        ]);
      },
    }),
    createFunction({
      id: "told",
      trigger: { event: "durable.input.*" },
      throttle: { limit: 20, period: "1s", burst: 2 },
      retry: RETRY,
      handler: ({ event }: Any) => event.data.id,
    }),
    // A second function on the same event: fan-out. What it does it does at most once.
    createFunction({
      id: "witness",
      trigger: { event: "chaos.work" },
      concurrency: [{ limit: 2, key: { cel: "size(event.data.program) % 3" } }, { limit: 4 }],
      retry: RETRY,
      handler: (context: Any) => program([{ ...STEP, name: "see", once: true }], context),
    }),
  ];
}
