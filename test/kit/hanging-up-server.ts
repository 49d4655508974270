import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HangingUpServer {
  readonly url: string;
  /** The idempotency keys of its calls so far. */
  readonly keys: string[];
  /** How often it hangs up before it answers. */
  fails: number;
  /** It takes calls and never answers. */
  isStuck: boolean;
  close(): Promise<void>;
}

/** Whom `step.fetch` calls in tests: it answers "hello", unless told. */
export async function startHangingUpServer(): Promise<HangingUpServer> {
  const server = createServer((request, response) => {
    own.keys.push(String(request.headers["idempotency-key"]));
    request.resume();
    if (own.isStuck) return;
    if (own.keys.length <= own.fails) response.destroy();
    else response.end("hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own: HangingUpServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: [],
    fails: 0,
    isStuck: false,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return own;
}
