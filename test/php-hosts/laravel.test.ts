// The bridge to Laravel in a real Laravel application, with every Laravel that is here.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
const GREETING = "app/Durable/Greeting.php";
const INSPECT = { type: "inspect", app: "conformance" };
const within = tempFolder("laravel");
let engine: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  engine = await startEngine({ adminToken: null });
}, TIMEOUT_MS);
afterAll(() => engine?.stop());

describe.skipIf(!hasPhpHosts()).for(phpPlaces.map((place) => ({ place, title: place.title })))(
  "Laravel $title",
  ({ place }) => {
    let app: PhpApp;
    const artisan = (...args: string[]) =>
      app.php({ DURABLE_URL: engine.url }, "artisan", "--no-ansi", ...args);

    beforeAll(() => {
      app = place.make("laravel", within, "app");
    }, TIMEOUT_MS);

    test(
      "its commands are found by themselves: list shows the functions, sync tells the engine",
      async () => {
        const listed = await artisan("durable:list");
        expect(listed).toMatch(/\| tour +\| event tour\.asked/);
        expect(listed).toMatch(/\| made-by-hand +\| by hand/);
        const served = await app.start({ DURABLE_URL: engine.url });
        try {
          const first = await artisan("durable:sync", `--url=${served.url}`);
          expect(first).toContain(`conformance/dev is at ${served.url}`);
          expect(first).toMatch(/ {2}added {5}tour, version 1/);
          // At the end of a deploy: APP_URL says where the app is, and the path is known.
          const { origin } = new URL(served.url);
          const again = await app.php(
            { DURABLE_URL: engine.url, APP_URL: origin },
            "artisan",
            "durable:sync",
          );
          expect(again).toMatch(/unchanged tour, version 1/);
        } finally {
          await served.stop();
        }
        await expect(
          app.php(
            { DURABLE_URL: "http://127.0.0.1:1" },
            "artisan",
            "durable:sync",
            "--url=http://127.0.0.1:2/",
          ),
        ).rejects.toThrow("The engine does not answer at http://127.0.0.1:1");
      },
      TIMEOUT_MS,
    );

    test(
      "the route has no session, no CSRF and no throttle, wherever it stands",
      async () => {
        const served = await app.start({ DURABLE_URL: engine.url });
        const { origin } = new URL(served.url);
        try {
          // That both would stand in its way.
          expect((await fetch(`${origin}/form`, { method: "POST" })).status).toBe(419);
          expect((await fetch(`${origin}/api/throttled`)).status).toBe(200);
          expect((await fetch(`${origin}/api/throttled`)).status).toBe(429);
          for (const path of [
            "/api/durable",
            "/in-web/durable",
            "/api/in-api/durable",
            "/api/in-api/durable",
          ]) {
            const answer = await signedPost(origin + path, INSPECT);
            expect([path, answer.status]).toEqual([path, 200]);
          }
          const plain = await fetch(`${origin}/in-web/durable`);
          expect([plain.status, plain.headers.get("set-cookie")]).toEqual([405, null]);
          // A header or a field that names another method changes nothing.
          expect((await signedPost(served.url, INSPECT, { "x-http-method-override": "PUT" })).status).toBe(
            200,
          );
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
      "in production with its configuration cached it believes no secret that everybody knows",
      async () => {
        const production = { APP_ENV: "production", DURABLE_SECRET: "", DURABLE_URL: "" };
        await app.php(production, "artisan", "config:cache");
        await app.php(production, "artisan", "route:cache");
        try {
          // Whoever serves does not know what the configuration was read from.
          const served = await app.start({ DURABLE_SECRET: "", DURABLE_URL: "" });
          try {
            expect((await signedPost(served.url, INSPECT)).status).toBe(401);
          } finally {
            await served.stop();
          }
          await app.php({ APP_ENV: "local", DURABLE_SECRET: "", DURABLE_URL: "" }, "artisan", "config:cache");
          const local = await app.start({ DURABLE_SECRET: "", DURABLE_URL: "" });
          try {
            expect((await signedPost(local.url, INSPECT)).status).toBe(200);
          } finally {
            await local.stop();
          }
        } finally {
          await artisan("config:clear");
          await artisan("route:clear");
        }
      },
      TIMEOUT_MS,
    );

    test(
      "the guide's five minutes: durable:install, and its function comes to an end",
      async () => {
        const config = join(app.folder, "config/durable.php");
        const ours = readFileSync(config, "utf8");
        rmSync(config);
        try {
          const said = await artisan("durable:install");
          expect(said).toContain("Wrote app/Durable/Greeting.php");
          expect(said).toContain("Wrote config/durable.php");
          expect(readFileSync(join(app.folder, GREETING), "utf8")).toBe(guided(GREETING));
          const written = readFileSync(config, "utf8");
          expect(await artisan("durable:install")).toContain("config/durable.php is there already");
          expect(readFileSync(config, "utf8")).toBe(written);
          const env = { DURABLE_URL: engine.url, DURABLE_APP: "conformance" };
          expect(await app.php(env, "artisan", "durable:list")).toMatch(
            /\| greeting +\| event user\.created/,
          );
          const served = await app.start(env);
          try {
            await sync(engine, served.url);
            const run = await show(engine, await send(engine, "user.created", { name: "ann" }), WAIT_S);
            expect([run.status, run.output]).toEqual(["completed", "Ann was greeted"]);
          } finally {
            await served.stop();
          }
        } finally {
          rmSync(join(app.folder, "app/Durable"), { recursive: true, force: true });
          writeFileSync(config, ours);
        }
      },
      TIMEOUT_MS,
    );

    test(
      "an app's own tests see what it would send, by the facade and by an injected client",
      async () => {
        writeFileSync(join(app.folder, "tests/OrderTest.php"), guided("tests/OrderTest.php"));
        const said = await app.phpunit("--no-configuration", "--bootstrap", "vendor/autoload.php", "tests");
        // A newer PHPUnit than an older Laravel knows tells of handlers that Laravel leaves behind.
        expect(said).toMatch(/OK \(3 tests|OK, but there were issues!\s+Tests: 3, /);
      },
      TIMEOUT_MS,
    );
  },
);

function guided(file: string): string {
  return snippetsOf("docs/guides/laravel.md").find((snippet) => snippet.file === file)!.code;
}
