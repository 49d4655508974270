import type { Sql } from "../../engine/src/store/database.ts";
import type { Kind } from "./kind.ts";
import { LIMITED_KINDS } from "./limited/kinds.ts";
import { SHOP_KINDS } from "./shops/kinds.ts";
import { minimumOf } from "./tally.ts";

const steps = (condition: string) =>
  `select workspace_id, run_id from durable.steps where seq is not null and ${condition}`;
const named = (prefix: string) => steps(`status = 'ok' and name like '${prefix}-%'`);
/** Their steps look like any others; that each was done once is what their program is held against. */
const programmed = (kind: string) =>
  `select r.workspace_id, r.id from durable.runs r join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
     where r.function_id = 'worker' and r.status = 'completed' and e.data like '%"do":"${kind}"%'`;

/** What the functions of the load do. A run of chaos in which one of them hardly happened proves nothing about it. */
const KINDS: readonly Kind[] = [
  { name: "step retried", minimum: 50, runs: steps("op = 'run' and attempt > 1") },
  { name: "step that beats", minimum: 50, runs: named("beating") },
  { name: "sleep", minimum: 100, runs: steps("op = 'sleep'") },
  { name: "wait ended by an event", minimum: 50, runs: steps("op = 'wait' and event_id is not null") },
  { name: "wait timed out", minimum: 10, runs: steps("op = 'wait' and value = 'null'") },
  { name: "first of several events", minimum: 20, runs: named("any") },
  { name: "all of several events", minimum: 20, runs: named("several") },
  {
    name: "signal",
    minimum: 20,
    runs: steps("op = 'signal' and event_id is not null and name like 'signal-%'"),
  },
  {
    name: "token",
    minimum: 20,
    runs: steps("op = 'signal' and event_id is not null and name like 'token-%'"),
  },
  { name: "input answered", minimum: 10, runs: steps("op in ('input', 'approval') and value <> 'null'") },
  { name: "input expired", minimum: 10, runs: steps("op in ('input', 'approval') and value = 'null'") },
  {
    name: "input that lost a race",
    minimum: 10,
    runs: "select workspace_id, run_id from durable.inputs where status = 'cancelled'",
  },
  {
    name: "reminder that started a run",
    minimum: 10,
    runs: `select r.workspace_id, r.id from durable.runs r join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
      where e.name = 'durable.input.reminder' and r.status = 'completed'`,
  },
  { name: "event sent", minimum: 30, runs: steps("op = 'send'") },
  { name: "fetch", minimum: 30, runs: named("fetch") },
  { name: "branch", minimum: 10, runs: steps("op = 'branch'") },
  { name: "parallel steps", minimum: 10, runs: programmed("all") },
  { name: "parallel by tasks", minimum: 10, runs: programmed("fan") },
  { name: "race by tasks", minimum: 10, runs: steps("op = 'join'") },
  { name: "forEach", minimum: 20, runs: steps("op = 'group'") },
  { name: "long run", minimum: 10, runs: steps("name like 'long-%-24'") },
  { name: "log", minimum: 50, runs: "select workspace_id, run_id from durable.logs" },
  {
    name: "child waited for",
    minimum: 20,
    runs: "select parent_workspace_id, parent_run_id from durable.children where kind = 'invoke'",
  },
  {
    name: "child in another app",
    minimum: 20,
    runs: "select workspace_id, run_id from durable.children where workspace_id <> parent_workspace_id",
  },
  {
    name: "child spawned",
    minimum: 10,
    runs: "select parent_workspace_id, parent_run_id from durable.children where kind = 'spawn'",
  },
  {
    name: "child cancelled with its parent",
    minimum: 10,
    runs: `select c.workspace_id, c.run_id from durable.children c
      join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
      join durable.runs p on p.workspace_id = c.parent_workspace_id and p.id = c.parent_run_id
      where r.status = 'cancelled' and p.status = 'cancelled'`,
  },
  {
    name: "stopped by an event",
    minimum: 20,
    runs: "select workspace_id, id from durable.runs where function_id = 'stoppable' and status = 'cancelled'",
  },
  {
    name: "undone after a failure",
    minimum: 20,
    runs: `select c.workspace_id, c.run_id from durable.compensations c join durable.runs r
      on r.workspace_id = c.workspace_id and r.id = c.run_id where c.undone and r.status = 'failed'`,
  },
  {
    name: "undone after a cancel",
    minimum: 15,
    runs: `select c.workspace_id, c.run_id from durable.compensations c join durable.runs r
      on r.workspace_id = c.workspace_id and r.id = c.run_id where c.undone and r.status = 'cancelled'`,
  },
  ...LIMITED_KINDS,
];

export interface KindCount {
  readonly name: string;
  readonly count: number;
  readonly minimum: number;
}

/** In how many runs each kind came to its end. */
export async function countKinds(
  sql: Sql,
  taken: { readonly checkpoints: number; readonly streamed: number },
  minutes: number,
  { shops }: { readonly shops: boolean },
): Promise<KindCount[]> {
  const counts = [...KINDS, ...(shops ? SHOP_KINDS : [])].map(({ name, minimum, runs }) => ({
    name,
    minimum,
    runs,
  }));
  const [row] = await sql.unsafe(
    `select ${counts.map(({ runs }, at) => `(select count(distinct (k.a, k.b))::int from (${runs}) as k(a, b)) as k${at}`).join(", ")}`,
  );
  return [
    ...counts.map(({ name, minimum }, at) => ({
      name,
      count: row![`k${at}`] as number,
      minimum: minimumOf(minimum, minutes),
    })),
    { name: "checkpoint taken", count: taken.checkpoints, minimum: minimumOf(50, minutes) },
    { name: "told on an open request", count: taken.streamed, minimum: minimumOf(200, minutes) },
  ];
}

export function formatKinds(kinds: readonly KindCount[]): string {
  return kinds
    .map(
      ({ name, count, minimum }) =>
        `${count < minimum ? "! " : "  "}${name.padEnd(32)} ${String(count).padStart(6)} runs   at least ${minimum}`,
    )
    .join("\n");
}
