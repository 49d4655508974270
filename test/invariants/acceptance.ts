import { groupBy } from "../../engine/src/domain/group-by.ts";
import type { AckLine } from "./ack-log.ts";
import { bySql, examined, type Invariant, type World } from "./invariant.ts";

// A. What was accepted is there, once, whole, and unchanged.

type SendLine = Extract<AckLine, { kind: "send" }>;

function sends({ ackLog }: World): SendLine[] {
  return ackLog!.read().filter((line): line is SendLine => line.kind === "send");
}

/** Which of these client ids the database knows, with the hash of what it stored. */
async function stored(
  { sql }: World,
  app: string,
  env: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let at = 0; at < ids.length; at += 5_000) {
    const rows = await sql`
      select e.client_id, encode(sha256(convert_to(e.data, 'UTF8')), 'hex') as hash
      from durable.workspaces w
      join durable.event_ids k on k.workspace_id = w.id and k.client_id = any(${ids.slice(at, at + 5_000)}::text[])
      join durable.events e on e.workspace_id = w.id and e.id = k.event_id
      where w.app = ${app} and w.environment = ${env}`;
    for (const row of rows) found.set(row["client_id"], row["hash"]);
  }
  return found;
}

function byWorkspace(lines: readonly SendLine[]): Map<string, SendLine[]> {
  return groupBy(lines, (line) => `${line.app}/${line.env}`);
}

const idsOf = (lines: readonly SendLine[]): string[] => [
  ...new Set(lines.flatMap((line) => line.events.flatMap((event) => event.id ?? []))),
];

export const ACCEPTANCE: readonly Invariant[] = [
  {
    number: "1",
    name: "acknowledged",
    sentence: "Every event that was answered with 2xx is stored with the bytes that were sent.",
    phase: "always",
    needs: "ackLog",
    async check(world) {
      const violations: string[] = [];
      let rows = 0;
      for (const [, lines] of byWorkspace(
        sends(world).filter((line) => line.status >= 200 && line.status < 300),
      )) {
        const found = await stored(world, lines[0]!.app, lines[0]!.env, idsOf(lines));
        for (const event of lines.flatMap((line) => line.events)) {
          if (event.id === null) continue;
          rows += 1;
          const hash = found.get(event.id);
          if (hash === undefined) violations.push(`${event.id} was acknowledged and is not there`);
          else if (hash !== event.sha256) violations.push(`${event.id} is stored with other bytes`);
        }
      }
      return examined(rows, violations);
    },
  },
  {
    number: "2",
    name: "whole",
    sentence: "An event that was not acknowledged is there with all that belongs to it, or not at all.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.event_ids",
      `select k.client_id as id, 'id without event' as what from durable.event_ids k
         where not exists (select 1 from durable.events e where e.workspace_id = k.workspace_id and e.id = k.event_id)
       union all
       select e.client_id, 'event without id' from durable.events e where e.client_id is not null
         and not exists (select 1 from durable.event_ids k where k.workspace_id = e.workspace_id and k.event_id = e.id)`,
    ),
  },
  {
    number: "3",
    name: "once",
    sentence: "An id given by a client names one event.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.events where client_id is not null",
      "select workspace_id, client_id from durable.events where client_id is not null group by 1, 2 having count(*) > 1",
    ),
  },
  {
    number: "4",
    name: "all or none",
    sentence: "Of the events of one request all are stored, or none.",
    phase: "after",
    needs: "ackLog",
    async check(world) {
      const violations: string[] = [];
      let rows = 0;
      for (const [, lines] of byWorkspace(sends(world).filter((line) => line.events.length > 1))) {
        const found = await stored(world, lines[0]!.app, lines[0]!.env, idsOf(lines));
        for (const line of lines) {
          const ids = line.events.flatMap((event) => event.id ?? []);
          const count = ids.filter((id) => found.has(id)).length;
          rows += 1;
          if (count !== 0 && count !== ids.length)
            violations.push(`request ${line.request}: ${count} of ${ids.length}`);
        }
      }
      return examined(rows, violations);
    },
  },
  {
    number: "5",
    name: "immutable",
    sentence: "An event's body still has the hash it was accepted under.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.event_ids",
      `select e.client_id from durable.event_ids k
         join durable.events e on e.workspace_id = k.workspace_id and e.id = k.event_id
         cross join lateral (select e.name || E'\\x1f' as head, E'\\x1f' || e.data as tail,
           (extract(epoch from e.time) * 1000)::bigint::text as ms) as body
         where replace(k.body_hash::text, '-', '') not in (
           left(encode(sha256(convert_to(head || tail, 'UTF8')), 'hex'), 32),
           left(encode(sha256(convert_to(head || ms || tail, 'UTF8')), 'hex'), 32))`,
    ),
  },
  {
    number: "6",
    name: "fan-out",
    sentence:
      "Every event started exactly one run of each function subscribed to it, or left one skip that says why not.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.runs",
      // What a person runs anyway has a skip as well. Counted in groups: a look per event reads all runs each time.
      `select e.id as event, m.function, coalesce(r.count, 0) as runs from (
           select f.workspace_id, f.id as function, n.name,
             (select min(v.created_at) from durable.function_versions v
              where v.workspace_id = f.workspace_id and v.function_id = f.id) as since
           from durable.functions f
           join (select distinct workspace_id, name from durable.events) as n on n.workspace_id = f.workspace_id
           cross join lateral json_array_elements(f.manifest::json -> 'triggers') as t
           where f.removed_at is null
             and n.name like replace(replace(t ->> 'event', '_', '\\_'), '*', '%')
             and (n.name not like 'durable.%' or t ->> 'event' like 'durable.%')
           group by f.workspace_id, f.id, n.name) as m
         join durable.events e on e.workspace_id = m.workspace_id and e.name = m.name and e.received_at > m.since
         left join (select workspace_id, event_id, function_id, count(*) from durable.runs where origin_run_id is null group by 1, 2, 3) as r
           on r.workspace_id = e.workspace_id and r.event_id = e.id and r.function_id = m.function
         left join (select workspace_id, event_id, function_id, count(*) from durable.skips
                    where reason <> 'cancel-on' and started_run is null group by 1, 2, 3) as s
           on s.workspace_id = e.workspace_id and s.event_id = e.id and s.function_id = m.function
         where coalesce(r.count, 0) + coalesce(s.count, 0) <> 1`,
    ),
  },
  {
    number: "7",
    name: "cause",
    sentence: "Every run has its cause.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.runs",
      `select r.id from durable.runs r where not exists
         (select 1 from durable.events e where e.workspace_id = r.workspace_id and e.id = r.event_id)`,
    ),
  },
  {
    number: "X1",
    name: "outbox",
    sentence: "Every event that a step's result says was sent is stored.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps where op = 'send' and status = 'ok'",
      `select s.run_id, s.name, sent.id from durable.steps s
         cross join lateral json_array_elements_text(s.value::json) as sent(id)
         where s.op = 'send' and s.status = 'ok' and not exists (
           select 1 from durable.events e where e.workspace_id = s.workspace_id and e.id::text = sent.id
           union all
           select 1 from durable.event_ids k where k.workspace_id = s.workspace_id and k.client_id = sent.id)`,
    ),
  },
];
