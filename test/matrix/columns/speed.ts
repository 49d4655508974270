// How many signed requests a host answers in a second, 8 clients asking.

import { Agent, request } from "node:http";
import { DEV_SECRET, parseSecret, replyKeyOf, verify } from "@durable/protocol/wire";
import { signedHeaders } from "../../support/signed-headers.ts";
import { APP } from "../app/app-name.ts";

const CLIENTS = 8;
const REQUESTS = 1_000;
/** Until it is compiled and its caches are warm. */
const BEFORE = 200;

const KEY = parseSecret(DEV_SECRET);
const BODY = JSON.stringify({
  type: "invoke",
  app: APP,
  fn: "echo",
  rev: "1",
  run: { id: "0198b7e0-0000-7000-8000-000000000000", started_at: "2026-01-01T00:00:00.000Z" },
  task: { kind: "advance", fence: "k3J9xQmT7bVw2cRf8hLpYd" },
  input: {
    event: {
      id: "evt_1",
      name: "echo.asked",
      data: { text: "ä".repeat(1_000) },
      time: "2026-01-01T00:00:00.000Z",
    },
  },
  memo: [],
  memo_next: null,
  attempts: {},
  budget: { ms: 25_000, steps: 1 },
});

/** Every answer is read, and has to be signed. */
export async function measureSpeed(url: string, { requests = REQUESTS } = {}): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  try {
    await ask(url, agent, Math.min(BEFORE, requests));
    const startedAtMs = performance.now();
    await ask(url, agent, requests);
    return Math.round(requests / ((performance.now() - startedAtMs) / 1_000));
  } finally {
    agent.destroy();
  }
}

async function ask(url: string, agent: Agent, count: number): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (left-- > 0) await post(url, agent);
    }),
  );
}

function post(url: string, agent: Agent): Promise<void> {
  const id = `dsp_${crypto.randomUUID()}`;
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(BODY),
      "durable-protocol": "1",
      ...signedHeaders(BODY, { key: KEY, id }),
    };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.once("end", () => {
        const body = Buffer.concat(pieces);
        const atS = Number(answer.headers["webhook-timestamp"]);
        const signature = String(answer.headers["webhook-signature"]);
        if (answer.statusCode === 200 && verify([replyKeyOf(KEY)], id, atS, body, signature)) resolve();
        else reject(new Error(`It answered ${answer.statusCode}: ${body.toString().slice(0, 300)}`));
      });
    });
    sent.once("error", reject).end(BODY);
  });
}
