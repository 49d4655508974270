// A function with its versions: one for each time that what an app declares of it has changed.
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { expect, test } from "vitest";
import { engineWithApp } from "./engine-with-app.ts";
import { startSdkApp } from "./sdk-app.ts";

const made = (max: number) =>
  createFunction({ id: "pay", trigger: { event: "pay" }, retry: { max }, handler: () => max });
const { engine } = engineWithApp("shop", [made(1)]);

const get = async (path: string) => await engine.call("GET", `/v1/apps/shop/dev/functions${path}`);

test("versions come the newest first, each with what was declared and since when", async () => {
  const before = (await get("/pay")).json;
  expect(before).toMatchObject({ id: "pay", version: 1, removed_at: null, versions: [{ version: 1 }] });
  const functions = [made(5)];
  const newer = await startSdkApp(engine, "shop", functions, serve({ app: "shop", functions }));
  const { versions, ...shown } = (await get("/pay")).json;
  expect(shown).toMatchObject({ id: "pay", version: 2, manifest: { id: "pay", retry: { max: 5 } } });
  expect(versions).toEqual([
    { version: 2, manifest: shown.manifest, since: expect.stringMatching(/Z$/) },
    before.versions[0],
  ]);
  expect(versions[0].since > versions[1].since).toBe(true);
  const run = await newer.start("pay");
  expect(await newer.ended(run)).toMatchObject({ function_version: 2, deployments: [], error: null });
  await newer.stop();
});

test("a function that nobody declared is unknown", async () => {
  expect((await get("/nothing")).status).toBe(404);
});
