import { setTimeout as sleep } from "node:timers/promises";
import type { Demo } from "./demo.ts";
import { openApprovals, type Run } from "./show/run-tracker.ts";

const WORKSPACE = { app: "demo", env: "dev" } as const;
const LOOK_EVERY_MS = 50;
/** Long enough to read that the run waits and holds nothing. */
const APPROVE_AFTER_MS = 1_500;

/**
 * One event, and everything that follows from it: `order.placed` starts `charge-order`, whose last step sends
 * `user.created`, which starts `onboarding`, which waits until somebody approves.
 *
 * @returns both runs as they ended.
 */
export async function tellStory(demo: Demo): Promise<Run[]> {
  const customer = { id: newId(), name: "Ada Lovelace" };
  const order = { order: newId(), total: 42, customer, cooldown: "3s" };
  demo.say(
    `Sending the first event: order.placed ${JSON.stringify({ order: order.order, total: order.total })}`,
    "",
  );
  const { runs } = await demo.api.sendEvents({
    query: WORKSPACE,
    body: [{ name: "order.placed", data: order }],
  });
  const charged = await endOf(demo, (run) => run.id === runs[0]?.run);
  if (charged.status !== "completed") return [charged];

  const isOnboarding = (run: Run) => run.function === "onboarding" && customerOf(run) === customer.id;
  await until(() =>
    [...demo.tracker.runs.values()].some((run) => isOnboarding(run) && openApprovals(run).length > 0),
  );
  await sleep(APPROVE_AFTER_MS);
  demo.say(`Somebody approves: approval.received ${JSON.stringify({ userId: customer.id })}`, "");
  await approve(demo, [{ userId: customer.id }]);
  return [charged, await endOf(demo, isOnboarding)];
}

/** A run that sleeps long enough to kill things in the meantime, and then waits for an approval. */
export async function startLongRun(demo: Demo): Promise<void> {
  const user = { id: newId(), name: NAMES[Math.floor(Math.random() * NAMES.length)]!, cooldown: "30s" };
  await demo.api.sendEvents({ query: WORKSPACE, body: [{ name: "user.created", data: user }] });
}

export async function approve(demo: Demo, approvals: readonly Record<string, unknown>[]): Promise<void> {
  const body = approvals.map((data) => ({ name: "approval.received", data }));
  if (body.length > 0) await demo.api.sendEvents({ query: WORKSPACE, body });
}

const NAMES = [
  "Grace Hopper",
  "Alan Turing",
  "Edsger Dijkstra",
  "Barbara Liskov",
  "Leslie Lamport",
  "Radia Perlman",
];
const FINAL = new Set(["completed", "failed", "cancelled", "paused"]);

async function endOf(demo: Demo, isIt: (run: Run) => boolean): Promise<Run> {
  return await until(() => [...demo.tracker.runs.values()].find((run) => isIt(run) && FINAL.has(run.status)));
}

async function until<Value>(look: () => Value | undefined | false): Promise<Value> {
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await sleep(LOOK_EVERY_MS);
  }
}

function customerOf(run: Run): unknown {
  return (run.event.data as { id?: unknown } | null)?.id;
}

/** Short enough to read, and new every time. */
function newId(): number {
  return 1_000 + Math.floor(Math.random() * 9_000);
}
