import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { DurableFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { expect } from "vitest";
import type { startEngine } from "./api-engine.ts";

/** An app made with the real SDK in this process, synced with the engine. */
export async function startSdkApp(
  engine: Pick<Awaited<ReturnType<typeof startEngine>>, "call">,
  app: string,
  functions: readonly DurableFunction[],
  route: RequestListener = serve({ app, functions }),
) {
  const server = createServer(route);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`;
  const synced = await engine.call("POST", `/v1/apps/${app}/dev/sync`, { url });
  expect(synced.status, synced.text).toBe(200);
  const path = (run: string) => `/v1/apps/${app}/dev/runs/${run}`;
  return {
    url,
    path,
    /** The id of the run that the event starts. */
    async start(name: string, data: unknown = null): Promise<string> {
      const sent = await engine.call("POST", `/v1/events?app=${app}`, { name, data });
      return sent.json.runs[0].run;
    },
    /** The run when it has ended or the time is over. */
    async ended(run: string, waitS = 20) {
      return (await engine.call("GET", `${path(run)}?wait=${waitS}`)).json;
    },
    async show(run: string) {
      return (await engine.call("GET", path(run))).json;
    },
    act(run: string, action: "cancel" | "pause" | "resume", body: object = {}) {
      return engine.call("POST", `${path(run)}/${action}`, body);
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
