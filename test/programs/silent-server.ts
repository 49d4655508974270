// Who `step.fetch` calls: hangs up on so many calls of each key, or on all of them.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SilentServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The path says how many calls get no answer. A dead engine's call is one that its attempts do not count. */
export async function startSilentServer(): Promise<SilentServer> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    const key = String(request.headers["idempotency-key"]);
    const call = (calls.get(key) ?? 0) + 1;
    calls.set(key, call);
    request.resume();
    const silent = request.url!.slice(1);
    if (silent === "always" || call <= Number(silent)) response.destroy();
    else response.end("answered");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
