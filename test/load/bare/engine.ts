// The ceiling: what this design could do if the engine had nothing else to do. It runs an event's run at once, asks
// the app for one step per request, and commits each step whole (fence, journal number, step, change log, end of the
// run) in one function call per group, one commit in flight. Everything else that an engine needs is missing.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { openDatabase } from "../../../engine/src/store/database.ts";
import { Group } from "./group.ts";
import { type Answer, bodyOf, type Dispatch, reply, sign } from "./wire.ts";

interface Start {
  readonly run: string;
  readonly data: string;
  readonly fence: string;
}

interface Outcome {
  readonly run: string;
  readonly fence: string;
  readonly next: string;
  readonly step: string;
  readonly value: string;
  readonly sentS: number;
  readonly receivedS: number;
  readonly ended: boolean;
}

const { sql } = openDatabase({ url: process.env["BENCH_DATABASE_URL"]!, max: 4, applicationName: "bare" });
await sql.unsafe(readFileSync(new URL("schema.sql", import.meta.url), "utf8"));
const app = new Pool(process.env["BENCH_APP_URL"]!, { connections: 256, pipelining: 1 });

const starts = new Group<Start>(async (items) => {
  await sql`select accept(${items.map((item) => item.run)}::uuid[], ${items.map((item) => item.data)}::text[],
    ${items.map((item) => item.fence)}::uuid[])`;
});

const outcomes = new Group<Outcome>(async (items) => {
  const held = await sql`select commit_steps(${items.map((item) => item.run)}::uuid[],
    ${items.map((item) => item.fence)}::uuid[], ${items.map((item) => item.next)}::uuid[],
    ${items.map((item) => item.step)}::text[], ${items.map((item) => item.value)}::text[],
    ${items.map((item) => item.sentS)}::float8[], ${items.map((item) => item.receivedS)}::float8[],
    ${items.map((item) => String(item.ended))}::text[]::boolean[])`;
  if (held.length !== items.length) throw new Error(`${items.length - held.length} fences were lost.`);
});

async function execute(run: string, steps: number, fence: string): Promise<unknown> {
  const memo: Record<string, unknown> = {};
  for (let held = fence, next = randomUUID(); ; held = next, next = randomUUID()) {
    const sentS = Date.now() / 1000;
    const answer = await ask({ run, steps, memo });
    await outcomes.add({
      run,
      fence: held,
      next,
      step: answer.kind === "step" ? answer.step : "",
      value: JSON.stringify(answer.value),
      sentS,
      receivedS: Date.now() / 1000,
      ended: answer.kind === "end",
    });
    if (answer.kind === "end") return answer.value;
    memo[answer.step] = answer.value;
  }
}

async function ask(dispatch: Dispatch): Promise<Answer> {
  const body = JSON.stringify(dispatch);
  const headers = { "content-type": "application/json", signature: sign(body) };
  const answer = await app.request({ path: "/", method: "POST", headers, body });
  const text = await answer.body.text();
  if (answer.headers["signature"] !== sign(text)) throw new Error("The app's answer is not signed.");
  return JSON.parse(text) as Answer;
}

const server = createServer(async (request, response) => {
  const data = await bodyOf(request);
  const { steps } = JSON.parse(data) as { steps: number };
  const [run, fence] = [randomUUID(), randomUUID()];
  await starts.add({ run, data, fence });
  reply(response, JSON.stringify(await execute(run, steps, fence)));
});
server.keepAliveTimeout = 60_000;
process.on("message", () => {
  process.send?.({
    commits: outcomes.count.calls,
    outcomes: outcomes.count.items,
    statements: starts.count.calls + outcomes.count.calls,
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
