// The Python port on a real engine: programs of the conformance fixture, and the app of the porting guide.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "../scenarios/api-engine.ts";
import { pythonPath } from "../support/python.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { commandsOf, fileOf, ROOT } from "./guide.ts";
import { startPython, sync } from "./python-app.ts";

const folder = join(ROOT, "protocol/ports/python");
const path = "/v1/apps/conformance/dev";

describe.skipIf(pythonPath() === null)("the Python port on a real engine", () => {
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let app: Awaited<ReturnType<typeof startPython>>;
  let counter: Server;
  let countAt: string;
  /** Names of the bodies that ran, in their order. */
  let ran: string[] = [];

  beforeAll(async () => {
    counter = createServer(async (request, response) => {
      let name = "";
      for await (const piece of request.setEncoding("utf8")) name += piece;
      ran.push(name);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(counter, "listening");
    countAt = `http://127.0.0.1:${(counter.address() as AddressInfo).port}/`;
    engine = await startEngine();
    app = await startPython("conformance.py", folder);
    await sync(engine, "conformance", app.url);
  });

  afterAll(async () => {
    await expectInvariants(engine.database);
    await app.stop();
    await engine.stop();
    counter.close();
  });

  async function begin(program: readonly object[]): Promise<string> {
    ran = [];
    const data = { program, count_at: countAt };
    const sent = await engine.call("POST", "/v1/events?app=conformance", { name: "conformance.run", data });
    return sent.json.runs[0].run;
  }

  const ended = async (run: string) => (await engine.call("GET", `${path}/runs/${run}?wait=20`)).json;

  const play = async (program: readonly object[]) => await ended(await begin(program));

  test("every kind of step that it has, one after the other", async () => {
    const child = [{ do: "run", name: "inside", returns: "$attempt" }];
    const run = await play([
      { do: "run", name: "charge", returns: { id: "ch_1", odd: [1.5, "é😀", null, {}, []] } },
      { do: "sleep", name: "rest", ms: 20 },
      { do: "send", name: "tell", events: [{ name: "told", data: { order: 42 } }] },
      { do: "wait", name: "hear", event: "told", match: { order: 42 }, timeout_ms: 20_000 },
      { do: "wait", name: "in vain", event: "never", timeout_ms: 10 },
      { do: "invoke", name: "child", fn: "conformance", data: { program: child, count_at: countAt } },
      { do: "loop", times: 2, body: [{ do: "run", name: "again", returns: "$i" }] },
    ]);
    expect(run.status, JSON.stringify(run)).toBe("completed");
    const [charge, rest, told, heard, ...others] = run.output;
    expect(charge).toEqual({ id: "ch_1", odd: [1.5, "é😀", null, {}, []] });
    expect([rest, told, heard.data]).toEqual([null, null, { order: 42 }]);
    expect(others).toEqual([null, [1], 0, 1]);
    expect(ran).toEqual(["charge", "inside", "again", "again"]);
  });

  test("a failure is tried again, caught, or final", async () => {
    const throws = { name: "CardError", message: "declined" };
    const run = await play([
      { do: "run", name: "twice", returns: "$attempt", throws: { ...throws, retry_after_ms: 1 }, fails: 1 },
      { do: "run", name: "never", throws: { ...throws, retry: false }, catch: true },
      { do: "run", name: "hidden", returns: 1, swallow: true },
      { do: "run", name: "final", throws: { ...throws, retry: false } },
    ]);
    expect(run.status, JSON.stringify(run)).toBe("failed");
    expect(run.failure).toMatchObject({ name: "CardError", message: "declined" });
    expect(ran).toEqual(["twice", "twice", "never", "hidden", "final"]);
  });

  test("branches go on beside each other, each to its end", async () => {
    const slow = (name: string) => ({ do: "run", name, returns: name, delay_ms: 150 });
    const run = await play([
      {
        do: "parallel",
        branches: [[slow("a"), slow("b")], [slow("c")], [{ do: "sleep", name: "d", ms: 1 }]],
      },
    ]);
    expect(run.status, JSON.stringify(run)).toBe("completed");
    expect(run.output).toEqual([[["a", "b"], ["c"], [null]]]);
    expect([...ran].sort()).toEqual(["a", "b", "c"]);
    expect(ran.at(-1)).toBe("b");
  });

  test("a signal reaches the one that waits for it", async () => {
    const run = await begin([{ do: "signal", name: "approval", key: "order-42", timeout_ms: 20_000 }]);
    const sent = await engine.call("POST", `${path}/signals/order-42`, { payload: { by: "ann" } });
    expect(sent.status, sent.text).toBeLessThan(300);
    expect(await ended(run)).toMatchObject({ status: "completed", output: [{ by: "ann" }] });
  });

  test("a statement that nobody knows ends the run at once", async () => {
    const { status, failure } = await play([{ do: "nonsense" }]);
    expect({ status, name: failure.name }).toEqual({ status: "failed", name: "UnknownStatementError" });
  });

  test("the guide's app is started, synced and approved by the guide's commands", async () => {
    const shop = join(tempFolder("shop"), "shop.py");
    writeFileSync(shop, fileOf("shop.py"));
    const [start] = commandsOf(/ shop\.py$/);
    const told = Object.fromEntries(
      [...start!.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value!]),
    );
    expect(told["PORT"]).toBe("8080");
    const app = await startPython(shop, ROOT, { ...told, PORT: "0" });
    try {
      let run = "";
      for (const command of commandsOf(/^curl /)) {
        const [, to, body] = /^curl localhost:4400(\S+) .* -d '(.*)'$/.exec(command)!;
        const sent = await engine.call(
          "POST",
          to!,
          body!.replace("http://127.0.0.1:8080/api/durable", app.url),
        );
        expect(sent.status, sent.text).toBeLessThan(300);
        run ||= sent.json.runs?.[0]?.run ?? "";
      }
      const shown = await engine.call("GET", `/v1/apps/shop/dev/runs/${run}?wait=20`);
      expect(shown.json).toMatchObject({
        status: "completed",
        output: { charge: 42, stock: 84, mail: "sent", by: "ann" },
      });
    } finally {
      await app.stop();
    }
  });
});
