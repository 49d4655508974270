import { setTimeout as sleep } from "node:timers/promises";
import type { AnswerOf } from "../http/contract/table.ts";
import type { Context } from "./context.ts";
import type { Api, Workspace } from "./target.ts";
import { LiveArea } from "./terminal/live-area.ts";

type Bulk = AnswerOf<"listBulks">["bulks"][number];

const LOOK_EVERY_MS = 300;
const BAR_WIDTH = 30;
const AT_WORK: ReadonlySet<string> = new Set(["canary", "running"]);

/** Stays until the bulk is held, paused or over; with a bar that moves where there is a terminal. */
export async function followBulk(
  context: Context,
  api: Api,
  params: Workspace & { readonly id: string },
  isJson: boolean,
): Promise<void> {
  const area = new LiveArea(process.stderr);
  for (;;) {
    const bulk = await api.getBulk({ params, query: { limit: 0 } });
    const isLive = area.isLive && !isJson;
    if (isLive) area.draw([barOf(bulk)]);
    if (AT_WORK.has(bulk.status)) {
      await sleep(LOOK_EVERY_MS);
      continue;
    }
    if (isLive) area.draw([]);
    if (isJson) context.say(JSON.stringify(bulk));
    else sayBulk(context, bulk);
    return;
  }
}

export function sayBulk(context: Context, bulk: Bulk): void {
  const { id, action, status, canary, done, refused, items } = bulk;
  const next =
    status === "held"
      ? ` Its canary of ${canary} is over: look at them (durable bulk show ${id}), then durable bulk continue ${id}.`
      : status === "paused"
        ? ` durable bulk continue ${id} lets it go on.`
        : "";
  context.say(`Bulk ${id} (${action}) is ${status}: ${done} done, ${refused} refused, of ${items}.${next}`);
}

function barOf({ status, done, refused, items }: Bulk): string {
  const filled = items === 0 ? BAR_WIDTH : Math.round((BAR_WIDTH * (done + refused)) / items);
  return `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ${done + refused} of ${items}, ${status}`;
}
