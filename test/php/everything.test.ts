// The PHP SDK against the real engine: every kind of step, and PHP that ends in the middle of one.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Durable } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait.ts";
import { PhpServer, phpVersion } from "./php.ts";

const SCRIPT = fileURLToPath(new URL("everything.php", import.meta.url));

describe.skipIf(phpVersion === null).each([
  ["with Fibers", {}],
  ["without Fibers", { DURABLE_NO_FIBERS: "1" }],
] as const)("%s", (_, mode) => {
  const happened = join(tempFolder("php"), "happened");
  let kit: TestKit;
  let php: PhpServer;
  let client: Durable;

  beforeAll(async () => {
    kit = await openKit({ app: "php", functions: [] });
    const environment = { DURABLE_URL: kit.url, HAPPENED: happened, ...mode };
    php = await PhpServer.serving(SCRIPT, environment, ["memory_limit=64M", "max_execution_time=1"]);
    client = new Durable({ app: "php", url: kit.url });
    await api("/v1/apps/php/dev/sync", { url: php.url });
  });
  afterAll(async () => php?.stop());
  beforeEach(() => writeFileSync(happened, ""));

  const what = () => readFileSync(happened, "utf8").split("\n").filter(Boolean);
  async function api(path: string, body: unknown): Promise<void> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(kit.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.status, await response.text()).toBeLessThan(300);
  }

  test("every kind of step", async () => {
    const { runs } = await kit.send({ name: "begin", data: { n: 7 } });
    const run = runs[0]!;
    await kit.settled();
    expect((await run.state()).state).toEqual({ at: "start", nothing: {} });
    await expect(client.query(run.id, "at")).resolves.toBe("the beginning");
    await kit.advance("2d");
    await expect(client.query(run.id, "at")).resolves.toBe("the wait");
    await client.send({ name: "order.paid", data: { n: 8 } });
    await client.send({ name: "order.paid", data: { n: 7 } });
    await client.signal("order/7", "ding");
    // What nobody sends, and none of two.
    for (let hours = 0; hours < 2; hours += 1) await kit.advance("1h");
    await run.answer("how many?", 3);
    await run.approve("sign");
    const end = await run.ended();
    expect(end.why).toBeTypeOf("string");
    expect(end).toMatchObject({ status: "completed", state: { at: "end" } });
    expect(end.output).toEqual({
      run: true,
      events: 1,
      loaded: { n: 7, empty: {}, list: [] },
      paid: { n: 7 },
      timeout: null,
      sent: 2,
      all: ["a", "b"],
      any: null,
      signal: "ding",
      input: 3,
      approved: true,
      price: { price: 30 },
      spawned: true,
      branch: "small",
      parallel: { left: 1, right: 2 },
      race: { branch: "fast", value: "fast" },
      each: 583_220,
      beside: ["A", "B"],
      once: "once",
      large: 200_000,
    });
    expect(what().sort()).toEqual(["left", "load", "once", "right"]);
  });

  test("a failure is retried, caught, undone and told of", async () => {
    const run = await kit.start("undone");
    expect(await run.ended()).toMatchObject({
      status: "failed",
      failure: { name: "NonRetriableError", message: "declined" },
    });
    await waitFor("the failure to be told of", () => what().some((line) => line.startsWith("failed ")));
    expect(what()).toEqual([
      "caught DomainException",
      "charge 1",
      "caught DomainException",
      "charge 2",
      "undo r1",
      "failed charge: declined",
    ]);
  });

  test.each(["exit", "memory", "time", "fatal"])(
    "a step that ends PHP by %s has failed once",
    async (how) => {
      const run = await kit.start("fragile", { how });
      expect(await run.ended()).toMatchObject({ status: "completed", output: [1, "survived"] });
      const key = `${run.id}/${(await run.steps()).find(({ name }) => name === "dies")!.id}`;
      expect(what()).toEqual(["before", `${how} 1 ${key}`, `${how} 2 ${key}`]);
    },
  );

  test("PHP that is killed in the middle of a step runs it again under the same key, and nothing before it", async () => {
    const run = await kit.start("fragile", { how: "kill" });
    await php.ended();
    await php.start();
    expect(await run.ended()).toMatchObject({ status: "completed", output: [1, "survived"] });
    const [before, first, second, ...more] = what();
    expect([before, more]).toEqual(["before", []]);
    expect(second).toBe(first);
  });

  test.each(["exit", "kill"])(
    "what runs at most once is not run again when %s ends PHP in it",
    async (how) => {
      const run = await kit.start("interrupted", { how });
      if (how === "kill") {
        await php.ended();
        await php.start();
      }
      expect(await run.ended()).toMatchObject({ status: "completed", output: "nobody knows" });
      expect(what().map((line) => line.split(" ")[0])).toEqual([how]);
    },
  );

  test("a call from TypeScript runs a handler once", async () => {
    await expect(client.call("price", { n: 2 })).resolves.toEqual({ price: 20 });
  });
});
