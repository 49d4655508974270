import type { IncomingMessage, ServerResponse } from "node:http";
import { DEV_SECRET } from "@durable/protocol/wire";
import { readBody, toWire, write } from "../adapters/node.ts";
import type { DurableFunction } from "../function.ts";
import { METHOD_NOT_ALLOWED, tooLarge } from "../http/problem.ts";
import { createRoute } from "../http/route.ts";
import type { WireResponse } from "../http/wire-message.ts";
import { nodeModule } from "../runtime/node-module.ts";
import type { Bench } from "./bench.ts";
import { ArmedCrash, type CrashPoint, type CrashTarget, type DispatchSeen } from "./crash.ts";

export interface AppServer {
  readonly url: string;
  /** Settles when no crash is under way: the engine answers again. */
  readonly healed: Promise<void>;
  /** Dispatches so far. */
  readonly dispatches: number;
  arm(target: CrashTarget, point: CrashPoint): ArmedCrash;
  disarm(crash: ArmedCrash): void;
  /** The engine dies now, and another one starts. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** The functions behind a free port of this machine; between them and the engine is where answers get lost. */
export async function serveApp(
  bench: Bench,
  app: string,
  functions: readonly DurableFunction[],
): Promise<AppServer> {
  // Crashes happen where answers are, so results leave with them.
  const engine = { url: () => bench.url, checkpointsFrom: Number.POSITIVE_INFINITY };
  const handle = createRoute({ app, functions, secret: DEV_SECRET }, { engine });
  const armed = new Set<ArmedCrash>();
  let healed: Promise<void> = Promise.resolve();
  /** While an engine is about to die: what it still sends is held, and lost with it. */
  let killed: Promise<void> | null = null;
  let dispatches = 0;

  const server = nodeModule("node:http")!.createServer(async (request, response) => {
    try {
      await serve(request, response);
    } catch {
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") return write(response, METHOD_NOT_ALLOWED);
    const body = await readBody(request);
    if (body === null) return write(response, tooLarge());
    dispatches += 1;
    const { type, ...seen } = JSON.parse(new TextDecoder().decode(body)) as DispatchSeen & { type: string };
    // Whether the route is there an engine may always ask, also one that is about to die.
    if (type !== "invoke") return write(response, await handle(toWire(request, response, body)));
    if (killed !== null) {
      await killed;
      response.destroy();
      return;
    }
    const shown = find((crash) => crash.point === "result" && crash.isShownIn(seen));
    if (shown !== undefined) {
      await die(shown);
      response.destroy();
      return;
    }
    const answer = await handle(toWire(request, response, body));
    await breakOrWrite(seen, answer, response);
  }

  async function breakOrWrite(seen: DispatchSeen, answer: WireResponse, response: ServerResponse) {
    const { ops = [] } = JSON.parse(answer.body) as { ops?: { id?: string }[] };
    const crash = find((each) => each.point !== "result" && each.isReportedIn(seen.run.id, ops));
    if (crash === undefined) return write(response, answer);
    if (crash.point === "commit") {
      // Before the answer leaves: what the engine sends next must find the crash under way.
      const dying = die(crash, () => untilOver(seen));
      write(response, answer);
      return dying;
    }
    if (crash.point === "answer") happens(crash);
    else await die(crash);
    response.destroy();
  }

  async function untilOver({ run, task }: DispatchSeen): Promise<void> {
    while (!(await bench.isOver(run.id, task.fence))) await pause(1);
  }

  function find(isIt: (crash: ArmedCrash) => boolean): ArmedCrash | undefined {
    return [...armed].find(isIt);
  }

  function happens(crash: ArmedCrash): void {
    armed.delete(crash);
    crash.happens();
  }

  function die(crash: ArmedCrash | null, when: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    if (crash !== null) armed.delete(crash);
    const before = healed;
    const dying = (async () => {
      await before;
      await when();
      await bench.kill();
      killed = null;
    })();
    killed = dying;
    healed = dying.then(async () => {
      await bench.start();
      crash?.happens();
    });
    return healed;
  }

  return {
    url: `http://127.0.0.1:${port}/api/durable`,
    get healed() {
      return healed;
    },
    get dispatches() {
      return dispatches;
    },
    arm(target, point) {
      const crash = new ArmedCrash(target, point);
      armed.add(crash);
      return crash;
    },
    disarm: (crash) => void armed.delete(crash),
    crash: () => die(null),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
