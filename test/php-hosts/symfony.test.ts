// The bundle for Symfony in a real Symfony application, with every Symfony that is here.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { snippetsOf } from "../frameworks/snippets.ts";
import { send, show, sync } from "../matrix/matrix-engine.ts";
import { startEngine } from "../scenarios/api-engine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { hasPhpHosts } from "./installed.ts";
import { type PhpApp, phpPlaces } from "./php-places.ts";
import { signedPost } from "./signed-post.ts";

const TIMEOUT_MS = 240_000;
const WAIT_S = 50;
const INSPECT = { type: "inspect", app: "conformance" };
const within = tempFolder("symfony");
let engine: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  engine = await startEngine({ adminToken: null });
}, TIMEOUT_MS);
afterAll(() => engine?.stop());

describe.skipIf(!hasPhpHosts()).for(phpPlaces.map((place) => ({ place, title: place.title })))(
  "Symfony $title",
  ({ place }) => {
    let app: PhpApp;

    beforeAll(() => {
      app = place.make("symfony", within, "symfony-app");
    }, TIMEOUT_MS);

    test(
      "its commands list the services with the attribute and tell the engine; a changed body is refused",
      async () => {
        const listed = await app.php({}, "bin/console", "durable:list");
        expect(listed).toMatch(/ tour +event tour\.asked/);
        expect(listed).toMatch(/ made-by-hand +by hand/);
        const served = await app.start({ DURABLE_URL: engine.url });
        try {
          const env = { DURABLE_URL: engine.url, APP_URL: new URL(served.url).origin };
          const first = await app.php(env, "bin/console", "durable:sync", `--url=${served.url}`);
          expect(first).toContain(`conformance/dev is at ${served.url}`);
          expect(first).toMatch(/ (added|unchanged) +tour, version 1/);
          expect(await app.php(env, "bin/console", "durable:sync")).toMatch(/unchanged tour, version 1/);
          expect((await signedPost(served.url, INSPECT, { "x-http-method-override": "PUT" })).status).toBe(
            200,
          );
          expect((await signedPost(served.url, INSPECT, { "webhook-id": "another" })).status).toBe(401);
        } finally {
          await served.stop();
        }
      },
      TIMEOUT_MS,
    );

    test(
      "a step that ends PHP, by exit or by a fatal error, has failed with a reason",
      async () => {
        const served = await app.start({ DURABLE_URL: engine.url });
        try {
          await sync(engine, served.url);
          for (const [how, why] of [
            ["exit", /ended PHP, with exit\(\) or die\(\)/],
            ["fatal", /PHP ended: Cannot (re)?declare class/],
            ["memory", /PHP ended: Allowed memory size/],
          ] as const) {
            const run = await show(engine, await send(engine, "ending.asked", { how }), WAIT_S);
            expect([how, run.status, run.output]).toEqual([how, "completed", expect.stringMatching(why)]);
          }
        } finally {
          await served.stop();
        }
      },
      TIMEOUT_MS,
    );

    test(
      "in production it believes no secret that everybody knows",
      async () => {
        for (const [environment, expected] of [
          ["prod", 401],
          ["dev", 200],
        ] as const) {
          const served = await app.start({ DURABLE_SECRET: "", DURABLE_URL: "", APP_ENV: environment });
          try {
            const { status } = await signedPost(served.url, INSPECT);
            expect([environment, status]).toEqual([environment, expected]);
          } finally {
            await served.stop();
          }
        }
      },
      TIMEOUT_MS,
    );

    test(
      "the guide's five minutes come to an end",
      async () => {
        const guide = place.make("symfony", within, "symfony-guide");
        for (const { file, code } of snippetsOf("docs/guides/symfony.md")) {
          mkdirSync(dirname(join(guide.folder, file)), { recursive: true });
          writeFileSync(join(guide.folder, file), code);
        }
        const served = await guide.start({ DURABLE_URL: engine.url });
        try {
          const { status } = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: served.url });
          expect(status).toBe(200);
          const event = { name: "user.created", data: { name: "ann" } };
          const sent = await engine.call("POST", "/v1/events?app=shop", event);
          const run = sent.json.runs[0].run;
          const { json } = await engine.call("GET", `/v1/apps/shop/dev/runs/${run}?wait=${WAIT_S}`);
          expect([json.status, json.output]).toEqual(["completed", "Ann was greeted"]);
        } finally {
          await served.stop();
        }
      },
      TIMEOUT_MS,
    );
  },
);
