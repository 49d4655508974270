// A long run is read in parts: what is settled up to a number of the journal is left out with its attempts, what is open never.
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let isDown = true;

const bake = createFunction({
  id: "bake",
  trigger: { event: "bake" },
  retry: { max: 2, backoff: ["10ms"] },
  handler: async ({ step }) => {
    await step.run("knead", () => "dough");
    await step.run("heat", () => {
      if (isDown) {
        isDown = false;
        throw new Error("no current");
      }
      return 220;
    });
    await step.waitForEvent("risen", { event: "risen", timeout: "1h" });
  },
});

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [bake]);
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await app.stop();
  await engine.stop();
});

test("what is settled is left out, with its attempts; what is open is there", async () => {
  const run = await app.start("bake");
  const read = async (query = "") => (await engine.call("GET", `${app.path(run)}${query}`)).json;
  const names = ({ steps }: { steps: readonly { readonly name: string }[] }) => steps.map(({ name }) => name);
  await waitFor("it to wait", async () => names(await read()).includes("risen"));

  const whole = await read();
  expect(names(whole)).toEqual(["knead", "heat", "risen"]);
  expect(whole.steps[1].attempts).toHaveLength(2);
  expect(names(await read("?steps_after=0"))).toEqual(names(whole));

  const { seq } = whole.steps[0];
  const later = await read(`?steps_after=${seq}`);
  expect(later.steps).toEqual(whole.steps.slice(1));

  const open = await read("?steps_after=2147483647");
  expect(open.steps).toEqual(whole.steps.slice(2));
  expect({ ...open, rev: 0, steps: 0 }).toEqual({ ...whole, rev: 0, steps: 0 });

  expect((await engine.call("GET", `${app.path(run)}?steps_after=-1`)).status).toBe(422);
});
