import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { request } from "undici";
import { freePort } from "../../chaos/free-port.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { ask, startChild } from "../children.ts";
import { startBenchPostgres } from "../postgres.ts";
import { verifyRuns } from "../verify.ts";
import { portOf, type RunningSystem, type System, stacked } from "./system.ts";

export const durable: System = {
  name: "durable",
  version: () => {
    const text = readFileSync(new URL("../../../engine/package.json", import.meta.url), "utf8");
    return `Durable ${(JSON.parse(text) as { version: string }).version}`;
  },
  setup:
    "`durable start` in its default configuration, one engine process in production mode; every hop signed; an event " +
    "starts the run, and the same request waits for its end",
  start: () =>
    stacked(async (stack) => {
      const folder = tempFolder("bench-durable");
      stack.later(async () => rmSync(folder, { recursive: true, force: true }));
      const postgres = await stack.add(startBenchPostgres());
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const secret = `whsec_${randomBytes(32).toString("base64")}`;
      const token = randomBytes(32).toString("base64url");
      const headers = { authorization: `Bearer ${token}` };
      const app = await stack.add(
        startChild({
          name: "app",
          script: new URL("../apps/durable.ts", import.meta.url),
          env: { DURABLE_SECRET: secret, DURABLE_URL: url },
          folder,
        }),
      );
      const engine = await stack.add(
        startChild({
          name: "engine",
          script: new URL("../../../engine/bin/durable.js", import.meta.url),
          args: ["start"],
          env: {
            DURABLE_DATABASE_URL: postgres.url,
            DURABLE_HOST: "127.0.0.1",
            DURABLE_PORT: String(port),
            DURABLE_ADMIN_TOKEN: token,
            DURABLE_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64"),
            DURABLE_ALLOW_LOOPBACK: "1",
          },
          folder,
          ready: async () => (await request(`${url}/readyz`)).statusCode === 200,
        }),
      );
      const post = (path: string, body: object) => call(`${url}/v1/apps/bench/dev${path}`, headers, body);
      await post("/signing-secrets", { secret });
      await post("/sync", { url: `http://127.0.0.1:${portOf(app)}/api/durable` });
      return {
        target: { system: "durable", url, headers },
        processes: { engine: engine.pid, app: app.pid, postgres: postgres.pid },
        postgres,
        arrivals: async () => (await ask(app, "arrivals")) as Record<string, string>,
        counters: async () => (await ask(app, "wire")) as Record<string, number>,
        verify: () => verifyRuns(postgres.url),
      } satisfies Omit<RunningSystem, "stop">;
    }),
};

async function call(url: string, headers: Record<string, string>, body: object): Promise<void> {
  const answer = await request(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode > 299) throw new Error(`POST ${new URL(url).pathname}: ${answer.statusCode} ${text}`);
}
