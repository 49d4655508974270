// The functions behind a port, and a line to them that loses answers, sends requests twice and answers late.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { DEV_SECRET } from "@durable/protocol/wire";
import { readBody, toWire, write } from "../../sdk-ts/src/adapters/node.ts";
import { configuredEngineUrl } from "../../sdk-ts/src/dev-mode.ts";
import { createRoute } from "../../sdk-ts/src/http/route.ts";
import type { DurableFunction } from "../../sdk-ts/src/index.ts";
import type { Random } from "../chaos/random.ts";

/** Few programs are so long that checkpoints would pay, and all of them shall meet some. */
const EARLY = { url: configuredEngineUrl, checkpointsFrom: 20 };

export type LineFault = "lost before" | "cut" | "lost after" | "twice" | "late";

/** How often each happens, of all dispatches. */
const CHANCES: readonly [LineFault, number][] = [
  ["lost before", 0.02],
  ["cut", 0.03],
  ["lost after", 0.04],
  ["twice", 0.04],
  ["late", 0.03],
];
const LATE_MS_MAX = 60;
/** Bodies of steps take no longer, but for those that never end. */
const CUT_MS_MAX = 10;

export interface DisturbedApp {
  readonly url: string;
  readonly counts: Readonly<Record<LineFault, number>>;
  close(): Promise<void>;
}

export async function startDisturbedApp(
  app: string,
  functions: readonly DurableFunction[],
  random: Random,
): Promise<DisturbedApp> {
  const handle = createRoute({ app, functions, secret: DEV_SECRET }, { engine: EARLY });
  const counts: Record<LineFault, number> = { "lost before": 0, cut: 0, "lost after": 0, twice: 0, late: 0 };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request))!;
    // Who asks what functions there are is answered: a sync is not what this is about.
    const isInvoke = (JSON.parse(new TextDecoder().decode(body)) as { type: string }).type === "invoke";
    const fault = isInvoke ? pick(random) : null;
    if (fault !== null) counts[fault] += 1;
    if (fault === "lost before") return void response.destroy();
    if (fault === "cut") void sleep(random.int(0, CUT_MS_MAX)).then(() => response.destroy());
    if (fault === "late") await sleep(random.int(1, LATE_MS_MAX));
    const answers = await Promise.all(
      Array.from({ length: fault === "twice" ? 2 : 1 }, () => handle(toWire(request, response, body))),
    );
    if (fault === "lost after") response.destroy();
    else write(response, answers.at(-1)!);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`,
    counts,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pick(random: Random): LineFault | null {
  let dice = random.float();
  for (const [fault, chance] of CHANCES) {
    if (dice < chance) return fault;
    dice -= chance;
  }
  return null;
}
