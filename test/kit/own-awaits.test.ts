// Code that awaits something of its own beside its steps: what it has begun is found again by a request that is there for it.
import { expect, test } from "vitest";
import { createFunction, type Step } from "../../sdk-ts/src/index.ts";
import { openKit } from "../support/kit.ts";
import { signal } from "../support/signals.ts";

/** No step: over by the next turn of the event loop. */
const outside = () => new Promise(setImmediate);

/** The first step ends when the part beside it has begun something; the second one is still open then. */
function beside(step: Step, second: () => Promise<unknown>, part: (begun: () => void) => Promise<unknown>) {
  const begun = signal();
  const row = step.run("first", () => begun.seen).then(second);
  return Promise.all([row, outside().then(() => part(begun.announce))]);
}

test("a planned step", async () => {
  const fn = createFunction({
    id: "planned",
    handler: ({ step }) =>
      beside(
        step,
        () => step.run("second", () => "second"),
        (begun) => {
          const won = step.race([(s) => s.run("work", () => "won"), (s) => s.sleep("long", "30d")]);
          begun();
          return won;
        },
      ),
  });
  const kit = await openKit({ functions: [fn] });
  expect(await kit.run(fn)).toEqual(["second", "won"]);
});

test("a step that is undone", async () => {
  const undone: string[] = [];
  const fn = createFunction({
    id: "undone",
    handler: ({ step }) =>
      beside(
        step,
        () => step.sleep("rest", "30d"),
        (begun) => {
          const booked = step.run("book", () => "seat", { compensate: (seat) => void undone.push(seat) });
          begun();
          return booked;
        },
      ),
  });
  const kit = await openKit({ functions: [fn] });
  const run = await kit.start(fn);
  await kit.settled();
  await run.cancel();
  expect(await run.ended()).toMatchObject({ status: "cancelled", compensated: 1 });
  expect(undone).toEqual(["seat"]);
});
