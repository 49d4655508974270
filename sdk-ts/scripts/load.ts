// What one request costs the node adapter: `node sdk-ts/scripts/load.ts [requests]`, about 5 s. A child process serves
// one function of ten steps and reports its own processor time, so that a busy machine changes the figure little.
import { fork } from "node:child_process";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { DEV_SECRET, type MemoEntry, parseSecret, sign, stepId } from "@durable/protocol/wire";

const STEPS = 10;
const CONNECTIONS = 16;

const requests = Number(process.argv[2] ?? 20_000);
const server = fork(fileURLToPath(new URL("load-server.ts", import.meta.url)), process.argv.slice(3));
const { port } = await once<{ port: number }>();
const key = parseSecret(DEV_SECRET);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const bodies = Array.from({ length: STEPS + 1 }, (_, done) => dispatchAfter(done));

await send(requests / 4); // until it is compiled
const before = await usage();
const startedAtMs = performance.now();
await send(requests);
const seconds = (performance.now() - startedAtMs) / 1000;
const after = await usage();
console.log(
  `${requests} requests in ${seconds.toFixed(1)} s. Per request in the app's process: ` +
    `${((after.cpuUs - before.cpuUs) / requests).toFixed(1)} us of processor time ` +
    `(node:http alone, answering as many bytes: see --bare).`,
);
server.kill();
agent.destroy();

function once<Message>(): Promise<Message> {
  return new Promise((resolve) => server.once("message", (message) => resolve(message as Message)));
}

function usage(): Promise<{ cpuUs: number }> {
  server.send("usage");
  return once();
}

async function send(count: number): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await post(bodies[left % bodies.length]!);
    }),
  );
}

function post(body: string): Promise<void> {
  const id = `dsp_${globalThis.crypto.randomUUID()}`;
  const timestampS = Math.floor(Date.now() / 1000);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: "127.0.0.1",
        agent,
        method: "POST",
        path: "/api/durable",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          accept: "application/json",
          "accept-encoding": "identity",
          "user-agent": "durable/1",
          "durable-protocol": "1",
          "webhook-id": id,
          "webhook-timestamp": String(timestampS),
          "webhook-signature": sign(key, id, timestampS, body),
          traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
      },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`It answered ${answer.statusCode}.`));
        answer.resume().once("end", resolve);
      },
    );
    sent.once("error", reject).end(body);
  });
}

function dispatchAfter(done: number): string {
  const memo: MemoEntry[] = Array.from({ length: done }, (_, i) => ({
    id: stepId("", `step-${i}`, 0),
    op: "run",
    st: "ok",
    v: { i },
  }));
  return JSON.stringify({
    type: "invoke",
    app: "load",
    fn: "ten-steps",
    rev: "1",
    run: { id: "run_0197f0a0-1234-7abc-8def-0123456789ab", started_at: "2026-10-21T09:00:00.000Z" },
    task: { kind: "advance", fence: "k3J9xQmT7bVw2cRf8hLpYd" },
    input: {
      event: { id: "evt_1", name: "load.asked", data: { order: 42 }, time: "2026-10-21T08:59:59.000Z" },
    },
    memo,
    memo_next: null,
    attempts: {},
    budget: { ms: 25_000, steps: 1 },
  });
}
