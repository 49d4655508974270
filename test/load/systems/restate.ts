import { rmSync } from "node:fs";
import { request } from "undici";
import { freePort } from "../../chaos/free-port.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { startChild } from "../children.ts";
import { peerVersion } from "../peers.ts";
import { portOf, type RunningSystem, type System, stacked } from "./system.ts";

export const restate: System = {
  name: "restate",
  version: () =>
    `Restate server ${peerVersion("@restatedev/restate-server")}, SDK ${peerVersion("@restatedev/restate-sdk")}`,
  setup:
    "one node, default configuration (24 partitions, WAL with fsync), telemetry off; app over HTTP/2, both " +
    "directions at once; a run is a service call through the ingress, answered when it has ended",
  start: () =>
    stacked(async (stack) => {
      const folder = tempFolder("bench-restate");
      stack.later(async () => rmSync(folder, { recursive: true, force: true }));
      const app = await stack.add(
        startChild({ name: "app", script: new URL("../peers/restate-app.ts", import.meta.url), folder }),
      );
      const [node, ingress, admin] = [await freePort(), await freePort(), await freePort()];
      const server = await stack.add(
        startChild({
          name: "restate",
          script: new URL("../peers/restate-server.ts", import.meta.url),
          args: ["--no-logo", "--base-dir", folder, "--node-name", "bench", "--listen-mode", "tcp"],
          env: {
            RESTATE_BIND_IP: "127.0.0.1",
            RESTATE_ADVERTISED_HOST: "127.0.0.1",
            RESTATE_BIND_PORT: String(node),
            RESTATE_INGRESS__BIND_PORT: String(ingress),
            RESTATE_ADMIN__BIND_PORT: String(admin),
            RESTATE_DISABLE_TELEMETRY: "true",
            RESTATE_LOG_FILTER: "warn",
            // It leaves temporary folders behind when it is killed.
            TMPDIR: folder,
          },
          folder,
        }),
      );
      await register(`http://127.0.0.1:${admin}`, `http://127.0.0.1:${portOf(app)}`);
      const url = `http://127.0.0.1:${ingress}`;
      await firstAnswer(`${url}/bench/count`);
      return {
        target: { system: "restate", url },
        processes: { engine: (server.hello as { pid: number }).pid, app: app.pid },
      } satisfies Omit<RunningSystem, "stop">;
    }),
};

const START_MS = 60_000;

/** Retried: the admin door opens before the cluster of one has elected itself. */
async function register(admin: string, uri: string): Promise<void> {
  await retry("register the app", async () => {
    const answer = await request(`${admin}/deployments`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ uri }),
    });
    const text = await answer.body.text();
    return answer.statusCode === 201 || answer.statusCode === 200 ? null : `${answer.statusCode} ${text}`;
  });
}

async function firstAnswer(url: string): Promise<void> {
  await retry("answer a first call", async () => {
    const answer = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ steps: 1 }),
    });
    const text = await answer.body.text();
    return answer.statusCode === 200 ? null : `${answer.statusCode} ${text}`;
  });
}

async function retry(what: string, attempt: () => Promise<string | null>): Promise<void> {
  const deadline = performance.now() + START_MS;
  let reason: string | null = "";
  while (performance.now() < deadline) {
    reason = await attempt().catch((error: Error) => error.message);
    if (reason === null) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Restate did not ${what} within ${START_MS / 1000} s: ${reason}`);
}
