// A replay that takes another way without contradicting what is recorded: what the run says about it.
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { fromRun } from "../../engine/src/cli/run-view/from-run.ts";
import { renderRun } from "../../engine/src/cli/run-view/render-run.ts";
import { PLAIN } from "../../engine/src/cli/terminal/paint.ts";
import { createFunction } from "../../sdk-ts/src/index.ts";
import type { RunState, TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

let second = "charge";
const trip = createFunction({
  id: "trip",
  handler: async ({ step }) => {
    await step.run("book", () => "booked");
    await step.run(second, () => second);
    await step.sleep("rest", "1d");
    await step.run("mail", () => "sent");
    await step.sleep("more", "1d");
  },
});

let kit: TestKit;
const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
beforeAll(async () => {
  kit = await openKit({ functions: [trip] });
});
beforeEach(() => {
  second = "charge";
  warn.mockClear();
});

const drawnOf = (run: RunState) =>
  renderRun(fromRun(run as never), { nowMs: 0, paint: PLAIN, spinner: "*", width: 200 });

test("a changed step's name is shown on the run with what was begun and where, and the run goes on", async () => {
  const run = await kit.start(trip);
  await kit.settled();
  second = "refund";
  await kit.advance("1d");
  const shown = await run.state();
  const idOf = (name: string, nth = 0) => shown.steps.filter((step) => step.name === name)[nth]!.id;
  const began = { step: idOf("refund"), name: "refund" };
  const frame = expect.stringMatching(/^test\/kit\/detours\.test\.ts:\d+:\d+\n/);
  const at = expect.any(String);
  expect(shown.detours).toEqual([
    { step: idOf("charge"), name: "charge", n: 0, began, frame, certain: true, at },
  ]);
  expect(drawnOf(shown)[1]).toMatch(
    /^│ {2}! took another way than recorded: left out charge, began refund at test\/kit\/detours\.test\.ts:\d+:\d+$/,
  );
  expect(warn).toHaveBeenCalledTimes(1);
  expect(await run.ended()).toMatchObject({ status: "completed", unclaimed: 1 });
});

test("nothing is said of code that stays what it is", async () => {
  const run = await kit.start(trip);
  expect(await run.ended()).toMatchObject({ status: "completed", detours: [], unclaimed: 0 });
  expect(drawnOf(await run.state()).join("\n")).not.toContain("another way");
  expect(warn).not.toHaveBeenCalled();
});
