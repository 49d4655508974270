// What started no run of its own, as people meet it: on the command line, as a child, and in the database afterwards.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));
const execute = promisify(execFile);

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

const once = createFunction({
  id: "once",
  trigger: { event: "once", if: "event.data.key > 0" },
  idempotency: { key: "key" },
  handler: ({ event }) => event.data.key,
});
const late = createFunction({
  id: "late",
  trigger: { event: "late" },
  debounce: { period: "50ms" },
  handler: ({ event }) => event.data,
});
const parent = createFunction({
  id: "parent",
  trigger: { event: "parent" },
  handler: async ({ event, step }) => {
    try {
      return await step.invoke("child", once, { input: event.data });
    } catch (error) {
      return (error as Error).message;
    }
  },
});

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [once, late, parent]);
});
afterAll(async () => {
  await app.stop();
  await engine.stop();
});
afterAll(() => expectInvariants(engine.database));

const send = (events: object) => engine.call("POST", "/v1/events?app=shop&wait=20", events);

async function cli(...args: string[]): Promise<string> {
  const env = { PATH: process.env["PATH"], DURABLE_URL: engine.url, DURABLE_APP: "shop" };
  const { stdout } = await execute(process.execPath, [DURABLE, ...args], { env });
  return stdout;
}

test("the command line lists skips with their reasons, and runs one anyway, once", async () => {
  await send([1, 1, 0].map((key) => ({ name: "once", data: { key } })));
  const listed = await cli("skips");
  expect(listed).toContain("duplicate: once");
  expect(listed).toContain("event.data.key > 0 does not hold: event.data.key is 0.");
  const { skips } = JSON.parse(await cli("skips", "ls", "--reason", "duplicate", "--json"));
  expect(skips).toHaveLength(1);
  const [one, two] = [await cli("skips", "run", skips[0].id), await cli("skips", "run", skips[0].id)];
  expect(one).toMatch(/^Run \S+ of once is on disk\.$/m);
  expect(two).toBe(one);
  const run = one.split(" ")[1]!;
  expect(await app.ended(run)).toMatchObject({ status: "completed", output: 1 });
  const { runs } = (await engine.call("GET", `/v1/apps/shop/dev/events/${skips[0].event.id}`)).json;
  expect(runs.map(({ id }: { id: string }) => id)).toEqual([run]);
});

test("a child that is a duplicate fails the step that waits for it", async () => {
  const children = await send([7, 7].map((key) => ({ name: "parent", data: { key } })));
  const outputs = children.json.runs.map(({ output }: { output: unknown }) => output);
  expect(outputs).toContain(7);
  expect(outputs.find((output: unknown) => output !== 7)).toMatch(
    /was started for the same idempotency key \(7\)/,
  );
});

test("the event that a debounce keeps shows the run it went into", async () => {
  const sent = await send([1, 2, 3].map((no) => ({ name: "late", data: { no } })));
  expect(sent.json.runs).toMatchObject([{ status: "completed", output: { no: 3 } }]);
  const { runs, skips } = (await engine.call("GET", `/v1/apps/shop/dev/events/${sent.json.ids[2]}`)).json;
  expect([runs.map(({ id }: { id: string }) => id), skips]).toEqual([[sent.json.runs[0].run], []]);
});
