import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { DurableFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterAll, beforeAll, expect } from "vitest";
import { layLine } from "../support/line.ts";
import { startEngine } from "./api-engine.ts";

type Line = Awaited<ReturnType<typeof layLine>>;

/**
 * An engine and the app "shop" for all tests of the file that calls this, each behind a line that counts and can be cut.
 * What it returns is empty until the first test begins, and until the hooks that are declared after it.
 */
export function appBehindLines(functions: readonly DurableFunction[]) {
  const engine = {} as Awaited<ReturnType<typeof startEngine>>;
  const [toEngine, toApp] = [{} as Line, {} as Line];
  const server = createServer(serve({ app: "shop", functions }));
  beforeAll(async () => {
    Object.assign(engine, await startEngine());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    Object.assign(toEngine, await layLine(engine.port));
    Object.assign(toApp, await layLine((server.address() as AddressInfo).port));
    process.env["DURABLE_URL"] = `http://127.0.0.1:${toEngine.port}`;
    const url = `http://127.0.0.1:${toApp.port}/api/durable`;
    const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url });
    expect(synced.status, synced.text).toBe(200);
  });
  afterAll(async () => {
    delete process.env["DURABLE_URL"];
    await toEngine.stop();
    await toApp.stop();
    await engine.stop();
    server.closeAllConnections();
    server.close();
  });
  return { engine, toEngine, toApp };
}
