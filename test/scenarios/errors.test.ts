// Failures in groups, as people meet them: over the API and on the command line, and told once whoever counts.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { expect, test } from "vitest";
import { engineWithApp } from "./engine-with-app.ts";

class DeclinedError extends Error {
  override name = "DeclinedError";
}

const pay = createFunction({
  id: "pay",
  trigger: { event: "pay" },
  retry: { max: 1 },
  handler: async ({ event, step }) => {
    const { by, no } = event.data;
    if (by === "step")
      await step.run(
        "charge",
        () => {
          throw new DeclinedError(`card ${no} was declined`);
        },
        { retry: { max: 1 } },
      );
    if (by === "code") throw new NonRetriableError(`order ${no} is unknown`);
    await step.run(
      "ship",
      () => {
        if (!mended) throw new Error(`shelf ${no} is empty`);
      },
      { retry: { max: 1 }, onExhausted: "pause" },
    );
  },
});
let mended = false;

const { engine, app } = engineWithApp("shop", [pay]);

const errors = (path = "", query = "") => engine.call("GET", `/v1/apps/shop/dev/errors${path}${query}`);
const groups = async () => (await errors()).json.errors;
const counts = async () =>
  Object.fromEntries((await groups()).map((g: { name: string; count: number }) => [g.name, g.count]));

test("failures of a step, of the function's own code and of a pause are three groups, each with its place", async () => {
  const begin = (by: string, no: number) => app.start("pay", { by, no });
  const declined = [await begin("step", 1), await begin("step", 2)];
  const unknown = await begin("code", 3);
  const paused = await begin("pause", 4);
  await expect
    .poll(counts, { timeout: 20_000 })
    .toEqual({ DeclinedError: 2, NonRetriableError: 1, Error: 1 });
  const found = Object.fromEntries((await groups()).map((group: { name: string }) => [group.name, group]));
  expect(found["DeclinedError"]).toMatchObject({
    step: "charge",
    state: "open",
    functions: ["pay"],
    state_at: null,
  });
  expect(found["DeclinedError"].frame).toMatch(/errors\.test\.ts:\d+:\d+$/);
  expect(found["NonRetriableError"]).toMatchObject({ step: null, message: "order 3 is unknown" });
  expect(found["Error"]).toMatchObject({ step: "ship", message: "shelf 4 is empty" });

  const one = (await errors(`/${found["DeclinedError"].fingerprint}`)).json;
  expect(one.samples).toEqual([...declined].reverse());
  expect(one.versions).toEqual([expect.objectContaining({ function: "pay", version: 1, count: 2 })]);
  const runsOf = async (name: string) => {
    const answer = await engine.call("GET", `/v1/apps/shop/dev/runs?error=${found[name].fingerprint}`);
    return answer.json.runs.map((run: { id: string; status: string }) => [run.id, run.status]);
  };
  expect(await runsOf("NonRetriableError")).toEqual([[unknown, "failed"]]);
  expect(await runsOf("Error")).toEqual([[paused, "paused"]]);
  const { error } = (await engine.call("GET", app.path(paused))).json;
  expect(error).toEqual({ fingerprint: found["Error"].fingerprint, state: "open" });

  mended = true;
  await app.act(paused, "resume");
  expect(await app.ended(paused)).toMatchObject({ status: "completed" });
  expect(await runsOf("Error")).toEqual([[paused, "completed"]]);
});

test("a resolved error is open again when it comes back, a muted one stays muted; both are in the audit log once", async () => {
  const [declined, unknown] = ["DeclinedError", "NonRetriableError"].map(
    async (name) => (await groups()).find((group: { name: string }) => group.name === name).fingerprint,
  );
  const act = async (fingerprint: Promise<string>, action: string) =>
    (
      await engine.call("POST", `/v1/apps/shop/dev/errors/${await fingerprint}/${action}`, {
        reason: "mended",
      })
    ).json;
  expect(await act(declined!, "resolve")).toMatchObject({ state: "resolved", was: "open" });
  expect(await act(declined!, "resolve")).toMatchObject({ state: "resolved", was: "resolved" });
  expect(await act(unknown!, "mute")).toMatchObject({ state: "muted", was: "open" });
  expect((await errors("", "?state=resolved")).json.errors).toMatchObject([
    { state_by: "dev", state_reason: "mended" },
  ]);
  for (const by of ["step", "code"]) await app.start("pay", { by, no: 9 });
  await expect.poll(counts, { timeout: 20_000 }).toMatchObject({ DeclinedError: 3, NonRetriableError: 2 });
  const stateOf = async (fingerprint: Promise<string>) => (await errors(`/${await fingerprint}`)).json;
  expect(await stateOf(declined!)).toMatchObject({
    state: "open",
    state_by: null,
    state_reason: "it came back",
  });
  expect(await stateOf(unknown!)).toMatchObject({ state: "muted" });
  const audit = await engine.database
    .sql`select action, target from durable.audit where action like 'error.%' order by id`;
  expect(audit.map(({ action }) => action)).toEqual(["error.resolve", "error.mute"]);
});

test("pages of groups, and ids that are none", async () => {
  const first = (await errors("", "?limit=2")).json;
  const second = (await errors("", `?limit=2&cursor=${first.next}`)).json;
  expect(second.next).toBeNull();
  const all = [...first.errors, ...second.errors].map(
    ({ fingerprint }: { fingerprint: string }) => fingerprint,
  );
  expect(new Set(all).size).toBe(3);
  const unknown = await errors("/0000000000000000");
  expect(unknown.status).toBe(404);
  expect((await errors("/nonsense")).json.detail).toBe(unknown.json.detail);
  expect((await engine.call("POST", "/v1/apps/shop/dev/errors/0000000000000000/mute", {})).status).toBe(404);
});
