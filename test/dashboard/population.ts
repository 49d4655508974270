// Real runs of the shop, in every state that a screen can show.
import type { startEngine } from "../scenarios/api-engine.ts";
import { waitFor } from "../support/wait.ts";

type Call = Awaited<ReturnType<typeof startEngine>>["call"];

/** Ids of what was made, for addresses. */
export interface Population {
  readonly completed: string;
  readonly failed: string;
  readonly rerun: string;
  readonly waiting: string;
  readonly parent: string;
  readonly event: string;
  readonly fingerprint: string;
  readonly bulk: string;
}

const PATH = "/v1/apps/shop/dev";

export async function populate(call: Call): Promise<Population> {
  const send = async (name: string, data: unknown, id?: string) => {
    const sent = await call("POST", "/v1/events?app=shop", {
      name,
      data,
      ...(id === undefined ? {} : { id }),
    });
    if (sent.status >= 300) throw new Error(`${name}: ${sent.text}`);
    return sent.json.runs
      .filter((started: { function: string }) => started.function !== "audit")
      .map(({ run }: { run: string }) => run) as string[];
  };
  const orders: string[][] = [];
  for (let n = 1; n <= 12; n++) {
    orders.push(
      await send("order.placed", { orderId: `A-${n}`, total: 12.5 * n, country: "CH" }, `order-A-${n}`),
    );
  }
  const cards = ["fine", "declined", "broken", "slow", "fine", "declined", "broken", "slow"];
  const charges: string[] = [];
  for (const card of cards) charges.push(...(await send("order.charged", { card })));
  for (const amount of [20, 350]) await send("refund.asked", { amount });
  const packed: string[] = [];
  for (let n = 0; n < 5; n++) packed.push(...(await send("order.packed", { warehouse: "Zurich", n })));
  for (let n = 0; n < 4; n++) await send("page.viewed", { userId: "u-7", page: n });

  const completed = orders[0]![0]!;
  const failed = charges[2]!;
  for (const run of [...orders.map(([first]) => first!), ...charges])
    await waitFor(
      `run ${run}`,
      async () => (await call("GET", `${PATH}/runs/${run}?wait=20`)).json.ended_at !== null,
    );
  const again = await call("POST", `${PATH}/runs/${failed}/rerun`, {});
  const rerun = again.json.run as string;
  await call("GET", `${PATH}/runs/${rerun}?wait=20`);
  await waitFor("error groups", async () => (await call("GET", `${PATH}/errors`)).json.errors.length >= 2);
  const bulk = await call("POST", `${PATH}/bulks`, {
    action: "rerun",
    filter: { q: "function:charge status:failed" },
  });
  await call("POST", `${PATH}/pauses`, { function: "digest", reason: "The template is broken" });
  return {
    completed,
    failed,
    rerun,
    waiting: packed[1]!,
    parent: completed,
    event: "order-A-1",
    fingerprint: (await call("GET", `${PATH}/errors`)).json.errors[0].fingerprint,
    bulk: bulk.json.id,
  };
}
