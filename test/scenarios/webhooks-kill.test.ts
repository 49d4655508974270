// An engine that dies between sending and recording leaves a delivery that is sent again, under the same id.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { expect, onTestFinished, test } from "vitest";
import { createDatabase } from "../support/postgres.ts";
import { verifiedBy } from "../support/standard-webhooks.ts";
import { travel } from "../support/travel.ts";
import { waitFor } from "../support/wait.ts";
import { startSdkApp } from "./sdk-app.ts";
import { spawnEngine } from "./spawn-engine.ts";
import { startReceiver } from "./webhook-receiver.ts";

const breaks = createFunction({
  id: "breaks",
  trigger: { event: "break" },
  retry: { max: 1 },
  handler: () => {
    throw new NonRetriableError("it is broken");
  },
});

test("sent, killed, sent again", async () => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const receiver = await startReceiver();
  onTestFinished(() => receiver.stop());
  Object.assign(process.env, { DURABLE_CHAOS: "1", DURABLE_FAULTS: "webhooks.sent=kill#1" });
  const doomed = await spawnEngine(database.url);
  delete process.env["DURABLE_CHAOS"];
  delete process.env["DURABLE_FAULTS"];
  let engine = doomed;
  onTestFinished(async () => void (await engine.kill()));
  const app = await startSdkApp(
    { call: (...of) => engine.call(...(of as Parameters<typeof engine.call>)) },
    "shop",
    [breaks],
  );
  onTestFinished(async () => void (await app.stop()));
  const at = "/v1/apps/shop/dev/webhooks";
  const hook = (await engine.call("POST", at, { url: receiver.url, events: ["durable.run.failed"] })).json;
  await app.start("break");
  await waitFor("the first attempt", () => receiver.received.length === 1);
  await doomed.kill();
  engine = await spawnEngine(database.url);
  const [row] = await database.sql`select attempts, state from durable.webhook_deliveries`;
  expect(row).toEqual({ attempts: 1, state: "waiting" });
  await travel(database.sql, "1 minute");
  await waitFor("it is delivered", async () => {
    const { deliveries } = (await engine.call("GET", `${at}/${hook.id}`)).json;
    return deliveries[0].state === "delivered";
  });
  expect(receiver.received).toHaveLength(2);
  const [first, second] = receiver.received;
  expect(second!.id).toBe(first!.id);
  expect(second!.body.equals(first!.body)).toBe(true);
  for (const { headers, body } of receiver.received) expect(verifiedBy(hook.secret, headers, body)).toBe(1);
});
