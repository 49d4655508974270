// Two apps that invoke each other, on an engine that dies between any two of the things that belong together. Another one takes
// over; what each app did stands in their own logs, outside of the database.
import { createFunction } from "@durable/sdk";
import { expect, onTestFinished, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";
import { startSdkApp } from "./sdk-app.ts";
import { type SpawnedEngine, spawnEngine } from "./spawn-engine.ts";

const POINTS = ["commit.before=kill#1", "commit.after=kill#2", "commit.after=kill#3"] as const;

test.each(POINTS)(
  "%s: every child is started once, and every parent is told once",
  { timeout: 120_000 },
  async (point) => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    Object.assign(process.env, { DURABLE_CHAOS: "1", DURABLE_FAULTS: point });
    let engine: SpawnedEngine = await spawnEngine(database.url);
    delete process.env["DURABLE_CHAOS"];
    delete process.env["DURABLE_FAULTS"];
    onTestFinished(async () => void (await engine.kill()));
    const reached = { call: (...of: Parameters<SpawnedEngine["call"]>) => engine.call(...of) };
    const booked = new Map<string, number>();
    const checkout = createFunction({
      id: "checkout",
      trigger: { event: "order.placed" },
      handler: async ({ event, step }) => {
        const receipt = await step.invoke("charge", "charge", { app: "billing", input: event.data });
        const note = await step.spawn("note", "note", { app: "billing", input: receipt });
        return { receipt, note };
      },
    });
    const address = createFunction({ id: "address", handler: () => "Main Street 1" });
    const charge = createFunction({
      id: "charge",
      handler: async ({ event, step }) => {
        const to = await step.invoke("address", "address", { app: "shop" });
        const amount = await step.run("book", ({ idempotencyKey }) => {
          booked.set(idempotencyKey, (booked.get(idempotencyKey) ?? 0) + 1);
          return (event.data as { amount: number }).amount;
        });
        return { amount, to };
      },
    });
    const note = createFunction({ id: "note", handler: ({ event }) => event.data });
    const shop = await startSdkApp(reached as never, "shop", [checkout, address]);
    onTestFinished(async () => void (await shop.stop()));
    const billing = await startSdkApp(reached as never, "billing", [charge, note]);
    onTestFinished(async () => void (await billing.stop()));
    await engine.call("PUT", "/v1/apps/billing/dev/callers/shop", { functions: ["charge", "note"] });
    await engine.call("PUT", "/v1/apps/shop/dev/callers/billing", { functions: ["address"] });

    const doomed = engine;
    const run = await shop.start("order.placed", { amount: 7 });
    await waitFor("the engine to die", async () =>
      doomed.call("GET", "/healthz").then(
        () => false,
        () => true,
      ),
    );
    engine = await spawnEngine(database.url);
    await waitFor("the run to end", async () => (await shop.show(run)).status === "completed");
    const { output, children } = await shop.show(run);
    expect(output.receipt).toEqual({ amount: 7, to: "Main Street 1" });
    expect(
      children.map(({ app, function: fn }: { app: string; function: string }) => `${app}/${fn}`),
    ).toEqual(["billing/charge", "billing/note"]);
    await waitFor(
      "the note to be taken",
      async () => (await billing.show(output.note)).status === "completed",
    );
    expect((await billing.show(output.note)).output).toEqual(output.receipt);
    // One key: run again only where its result was not recorded.
    expect(booked.size).toBe(1);
    const [counted] = await database.sql`
    select count(*)::int as children from durable.children where workspace_id <> parent_workspace_id`;
    expect(counted).toEqual({ children: 3 });
    await expectInvariants(database);
  },
);
