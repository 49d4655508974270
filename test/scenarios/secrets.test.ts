// Signing secrets: sealed in the database, and rotated under load without a request that fails.
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseSecret, replyKeyOf, sign } from "@durable/protocol/wire";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineKeys } from "../../engine/src/auth/engine-keys.ts";
import { devEncryptionKey } from "../../engine/src/cli/dev-encryption-key.ts";
import { resealSecrets } from "../../engine/src/registry/reseal-secrets.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait.ts";
import { asAdmin, ENCRYPTION_KEY, startEngine } from "./api-engine.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let second: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  engine = await startEngine({ mode: "production" });
  second = await startEngine({ mode: "production", database: { options: engine.database.address } });
});
afterAll(async () => {
  await second.stop();
  await engine.stop();
});

const AT = "/v1/apps/shop/live";
const silent = { info: () => {} } as never;
const keysOf = (...keys: Uint8Array[]) => new EngineKeys(keys, systemPorts().random);

async function makeSecret(): Promise<{ id: number; secret: string }> {
  return (await engine.call("POST", `${AT}/signing-secrets`, {}, asAdmin)).json;
}

describe("in the database", () => {
  const texts = async () =>
    (await engine.database.sql<{ secret: string }[]>`select secret from durable.signing_secrets`).map(
      ({ secret }) => secret,
    );

  test("secrets are sealed; an engine without their key refuses, one with a new one before it seals them anew", async () => {
    const { secret } = await makeSecret();
    expect((await texts()).join()).not.toMatch(new RegExp(`whsec_|${secret.slice(6, 20)}`));
    const database = engine.database as unknown as Database;
    const fresh = new Uint8Array(32).fill(7);
    await expect(resealSecrets(database, keysOf(fresh), silent)).rejects.toThrow(
      /holds signing secrets under encryption key [0-9a-f]{8}, and DURABLE_ENCRYPTION_KEY has .* no such key/,
    );
    await resealSecrets(database, keysOf(fresh, ENCRYPTION_KEY), silent);
    const { firstId } = keysOf(fresh);
    expect((await texts()).map(EngineKeys.keyIdOf)).toEqual([firstId]);
    await resealSecrets(database, keysOf(ENCRYPTION_KEY, fresh), silent);
    expect((await texts()).map(EngineKeys.keyIdOf)).toEqual([keysOf(ENCRYPTION_KEY).firstId]);
  });

  test("those of webhooks are sealed anew with them, also one that is rotated out", async () => {
    const webhook = { url: "https://ops.example.com/hook", events: ["durable.alert.*"] };
    const { id } = (await engine.call("POST", `${AT}/webhooks`, webhook, asAdmin)).json;
    await engine.call("POST", `${AT}/webhooks/${id}/rotate`, {}, asAdmin);
    const sealed = async () => {
      const rows = await engine.database.sql<
        { secret: string }[]
      >`select secret from durable.webhook_secrets`;
      return rows.map(({ secret }) => EngineKeys.keyIdOf(secret));
    };
    const [own, fresh] = [keysOf(ENCRYPTION_KEY), keysOf(new Uint8Array(32).fill(9))];
    expect(await sealed()).toEqual([own.firstId, own.firstId]);
    const database = engine.database as unknown as Database;
    await expect(resealSecrets(database, fresh, silent)).rejects.toThrow(/no such key/);
    await resealSecrets(database, keysOf(new Uint8Array(32).fill(9), ENCRYPTION_KEY), silent);
    expect(await sealed()).toEqual([fresh.firstId, fresh.firstId]);
    await resealSecrets(database, keysOf(ENCRYPTION_KEY, new Uint8Array(32).fill(9)), silent);
    expect(await sealed()).toEqual([own.firstId, own.firstId]);
  });

  test("the key of development is made once, for its owner alone", () => {
    const folder = tempFolder("key");
    const key = devEncryptionKey(folder);
    expect(key).toHaveLength(32);
    expect(devEncryptionKey(folder)).toEqual(key);
    expect(statSync(join(folder, "encryption.key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "encryption.key"), "utf8")).toMatch(/^[\w+/]{43}=\n$/);
  });
});

describe("a rotation", () => {
  const worker = createFunction({
    id: "worker",
    trigger: { event: "work" },
    handler: async ({ event, step }) => {
      await step.run("one", () => 1);
      await step.sleep("nap", "20ms");
      return await step.run("two", () => event.data);
    },
  });

  test("under load, with two engines and an overlap that ends by itself: no request fails", async () => {
    const first = await makeSecret();
    const others = (await engine.call("GET", `${AT}/signing-secrets`, undefined, asAdmin)).json
      .signing_secrets;
    for (const { id } of others) {
      if (id !== first.id) await engine.call("POST", `${AT}/signing-secrets/${id}/retire`, {}, asAdmin);
    }
    let held = [first.secret];
    const app = createServer(serve({ app: "shop", functions: [worker], secret: () => held }));
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/api/durable`;
    const synced = await engine.call("POST", `${AT}/sync`, { url }, asAdmin);
    expect(synced.status, synced.text).toBe(200);

    const runs: string[] = [];
    const refused: string[] = [];
    let isOver = false;
    const send = async (to: typeof engine) => {
      for (let n = 0; !isOver; n++) {
        const body = JSON.stringify({ name: "work", data: n });
        const at = Math.floor(Date.now() / 1000);
        const signature = held
          .map((each) => sign(replyKeyOf(parseSecret(each)), `m${n}`, at, body))
          .join(" ");
        const answer = await to.call("POST", "/v1/events?app=shop&env=live", body, {
          "webhook-id": `m${n}`,
          "webhook-timestamp": String(at),
          "webhook-signature": signature,
        });
        if (answer.status === 200) runs.push(answer.json.runs[0].run);
        else refused.push(answer.text);
      }
    };
    const load = [send(engine), send(second)];
    const done = () => waitFor("more runs", reached(runs.length + 40));
    const reached = (count: number) => () => Promise.resolve(runs.length >= count);
    await done();
    const next = await makeSecret();
    await done();
    held = [next.secret, first.secret];
    await done();
    const retiring = await engine.call(
      "POST",
      `${AT}/signing-secrets/${first.id}/retire`,
      { after_s: 1.5 },
      asAdmin,
    );
    expect(retiring.json.state).toBe("retiring");
    await done();
    held = [next.secret];
    await waitFor("the overlap to be over", async () => {
      const [row] = await engine.database.sql<{ over: boolean }[]>`
        select retired_at < clock_timestamp() - interval '1 second' as over
        from durable.signing_secrets where id = ${first.id}`;
      return row!.over;
    });
    await done();
    isOver = true;
    await Promise.all(load);
    expect(refused).toEqual([]);
    for (const run of runs) {
      const { json } = await engine.call("GET", `${AT}/runs/${run}/result?wait=20`, undefined, asAdmin);
      expect(json.status, run).toBe("completed");
    }
    const failed = await engine.database
      .sql`select * from durable.attempts where failure is not null limit 3`;
    expect(failed).toEqual([]);
    held = [first.secret];
    isOver = false;
    const late = send(engine);
    await waitFor("the old secret to be refused", () => Promise.resolve(refused.length > 0));
    isOver = true;
    await late;
    app.closeAllConnections();
    app.close();
  });
});
