// Bindings instead of an environment, and work that outlives the line.
import { afterEach, expect, test, vi } from "vitest";
import { createFunction } from "../function.ts";
import { invoke, isSignedAnswer, SECRET, signed } from "../http/signed-sample.ts";
import { environment, provideEnvironment } from "../runtime/environment.ts";
import { serve } from "./cloudflare.ts";

const echo = createFunction({ id: "echo", handler: ({ event }) => event.data });
const post = (body: string) =>
  new Request("https://shop.example.workers.dev/api/durable", {
    method: "POST",
    headers: signed(body),
    body,
  });

afterEach(() => {
  provideEnvironment({});
  vi.unstubAllEnvs();
});

test("the secret and the deployment's name are read from bindings", async () => {
  const fetch = serve({ app: "shop", functions: [echo] });
  const bindings = { DURABLE_SECRET: SECRET, DURABLE_DEPLOYMENT: "worker-7", KV: { get() {} } };
  const response = await fetch(post(invoke("echo", "世界")), bindings, { waitUntil() {} });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ output: "世界", deployment: "worker-7" });
  expect(isSignedAnswer((name) => response.headers.get(name), text)).toBe(true);
});

test("without the secret every request is refused", async () => {
  vi.stubEnv("DURABLE_URL", "https://engine.example.com");
  const fetch = serve({ app: "shop", functions: [echo] });
  expect((await fetch(post(invoke("echo", 1)), {}, { waitUntil() {} })).status).toBe(401);
});

test("a binding comes before the environment, and one that is no text is none", () => {
  vi.stubEnv("DURABLE_APP", "of the environment");
  provideEnvironment({ DURABLE_APP: { fetch() {} } });
  expect(environment("DURABLE_APP")).toBe("of the environment");
  provideEnvironment({ DURABLE_APP: "of the worker" });
  expect(environment("DURABLE_APP")).toBe("of the worker");
  provideEnvironment(undefined);
  expect(environment("DURABLE_APP")).toBe("of the worker");
});

test("the Worker is kept until the answer is made, whoever still wants it", async () => {
  let isDone = false;
  const slow = createFunction({
    id: "slow",
    handler: ({ step }) =>
      step.run("slow", async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        isDone = true;
      }),
  });
  const kept: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void kept.push(promise) };
  void serve({ app: "shop", functions: [slow], secret: SECRET })(post(invoke("slow", 1)), {}, context);
  expect(kept).toHaveLength(1);
  await kept[0];
  expect(isDone).toBe(true);
});

test("a mistake in what is served is told when the Worker is loaded", () => {
  expect(() => serve({ app: "shop", functions: [echo, echo] })).toThrow(/same id: "echo"/);
});

test("on Workers a body that an earlier request began is not waited for, for it may be gone; but for one that must not run twice", async () => {
  vi.stubGlobal("WebSocketPair", class {});
  vi.resetModules();
  try {
    const { runOrJoin } = await import("../execution/in-flight.ts");
    void runOrJoin("run/step", 1, () => new Promise(() => {}));
    expect(await runOrJoin("run/step", 1, async () => ({ st: "ok" }) as never)).toEqual({ st: "ok" });
    let calls = 0;
    const charge = async () => ({ st: "ok", v: ++calls }) as never;
    const both = await Promise.all([1, 2].map(() => runOrJoin("run/charge", 1, charge, true)));
    expect([both, calls]).toEqual([
      [
        { st: "ok", v: 1 },
        { st: "ok", v: 1 },
      ],
      1,
    ]);
  } finally {
    vi.unstubAllGlobals();
    vi.resetModules();
  }
});
