import { groupBy } from "../../engine/src/domain/group-by.ts";
import { bySql, examined, type Invariant, type World } from "./invariant.ts";
import { BY_HAND, KEPT } from "./kept.ts";

// F. A sleep never ends early; a wait resolves once, by what it waited for.

export const TIME: readonly Invariant[] = [
  {
    number: "31",
    name: "never early",
    sentence: "By the database's clock no sleep and no timeout ended before it was due.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps where op in ('sleep', 'wait', 'signal', 'input', 'approval') and status = 'ok' and event_id is null",
      // What a person answered is no timeout.
      `select run_id, name, due_at, settled_at from durable.steps s
         where op in ('sleep', 'wait', 'signal', 'input', 'approval') and status = 'ok' and event_id is null and settled_at < due_at and not ${BY_HAND}
           and not (op in ('input', 'approval') and value <> 'null')`,
    ),
  },
  {
    number: "31b",
    name: "never early, seen from the app",
    sentence: "Between the code before a sleep and the code after it at least the sleep's time passed.",
    phase: "after",
    needs: "appLog",
    async check({ appLog }) {
      const first = new Map<string, number>();
      const violations: string[] = [];
      let rows = 0;
      for (const line of appLog!.only("nap")) {
        const key = `${line.run}/${line.name}`;
        if (line.at === "before") {
          if (!first.has(key)) first.set(key, line.t);
          continue;
        }
        rows += 1;
        const slept = line.t - (first.get(key) ?? Number.POSITIVE_INFINITY);
        // Both times are cut to milliseconds.
        if (slept + 1 < line.ms) violations.push(`${key}: ${slept} of ${line.ms} ms`);
      }
      return examined(rows, violations);
    },
  },
  {
    number: "32",
    name: "resolved by its event",
    sentence:
      "A wait was resolved by an event of its workspace, not older than its run (unless told to reach back), not its trigger, and by no event twice, unless the first was never given to user code.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps where event_id is not null",
      // How far a wait reached back is forgotten when it is resolved; those of tests that do say so in their name.
      `select s.run_id, s.name, e.id as event from durable.steps s
         join durable.runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
         left join durable.events e on e.workspace_id = s.workspace_id and e.id = s.event_id
         where s.event_id is not null and (s.op not in ('wait', 'signal') or s.status <> 'ok' or e.id is null
           or e.received_at < r.created_at and s.name not like '%reaches back%' and not ${KEPT} or e.id = r.event_id
           or s.op = 'wait' and strpos(s.value, to_json(coalesce(e.client_id, e.id::text))::text) = 0
           or s.op = 'signal' and e.name <> 'durable.signal')
       union all
       select s.run_id, s.name, s.event_id from durable.steps s where s.event_id is not null and not exists
         (select 1 from durable.taken_events t where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.event_id = s.event_id)
         and not exists (select 1 from durable.given_back g where g.workspace_id = s.workspace_id and g.run_id = s.run_id and g.step_id = s.step_id)
       union all
       select w.run_id, w.key, w.event_id from durable.waits w where w.event_id is not null and (w.mode <> 'all' or not exists
         (select 1 from durable.taken_events t where t.workspace_id = w.workspace_id and t.run_id = w.run_id and t.event_id = w.event_id))
       union all
       select run_id, null, event_id from durable.steps s where event_id is not null and not exists
         (select 1 from durable.given_back g where g.workspace_id = s.workspace_id and g.run_id = s.run_id and g.step_id = s.step_id)
         group by workspace_id, run_id, event_id having count(*) > 1`,
    ),
  },
  {
    number: "32b",
    name: "what it waited for",
    sentence: "What a wait gave to user code matches what it asked for.",
    phase: "after",
    needs: "appLog",
    async check({ appLog }) {
      const waited = appLog!.only("waited");
      const violations = waited
        .filter((line) => line.got !== null && line.got !== line.key)
        .map((line) => `${line.run} waited for ${line.key} and got ${line.got}`);
      return examined(waited.length, violations);
    },
  },
  {
    number: "32c",
    name: "not missed",
    sentence: "No wait timed out although its event had been acknowledged well before.",
    phase: "after",
    needs: "appLog",
    async check(world) {
      const missed = world.appLog!.only("waited").filter((line) => line.got === null);
      const steps = await world.sql`
        select s.run_id, replace(s.step_id::text, '-', '') as step_id, extract(epoch from s.due_at)::float8 * 1000 as due,
          extract(epoch from r.created_at)::float8 * 1000 as since
        from durable.steps s join durable.runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
        where s.op = 'wait' and s.status = 'ok' and s.event_id is null`;
      const windows = new Map(steps.map((row) => [`${row["run_id"]}/${row["step_id"]}`, row]));
      const names = [...new Set(missed.map((line) => line.event))];
      // One that another wait of the run took was not missed.
      const events = await world.sql`
        select name, data::json ->> 'key' as key, extract(epoch from received_at)::float8 * 1000 as at
        from durable.events e where name = any(${names}::text[])
          and not exists (select 1 from durable.taken_events t where t.workspace_id = e.workspace_id and t.event_id = e.id)`;
      const receivedAt = new Map(events.map((row) => [`${row["name"]}/${row["key"]}`, row["at"] as number]));
      const seen = new Set<string>();
      const violations: string[] = [];
      for (const line of missed) {
        const key = `${line.run}/${line.stepId}`;
        const window = windows.get(key);
        const at = receivedAt.get(`${line.event}/${line.key}`);
        if (seen.has(key) || window === undefined) continue;
        seen.add(key);
        if (at === undefined || at < window["since"] || at + world.slackMs > window["due"]) continue;
        violations.push(`${key} timed out ${Math.round(window["due"] - at)} ms after its event was accepted`);
      }
      return examined(world.appLog!.only("waited").length, violations);
    },
  },
  {
    number: "32d",
    name: "in turn",
    sentence:
      "Of two waits of a run for the same, the one asked for first got the event that came first, where both were there before.",
    phase: "after",
    needs: "appLog",
    check: inTurn,
  },
];

async function inTurn({ sql, appLog, ackLog }: World) {
  const ackedMs = new Map<string | null, number>();
  for (const line of ackLog!.read())
    if (line.kind === "send" && line.status === 200)
      for (const { id } of line.events) ackedMs.set(id, line.t);
  const steps = await sql<{ key: string; name: string; asked: number; event: string; at: string }[]>`
    select s.run_id || '/' || replace(s.step_id::text, '-', '') as key, s.name,
      extract(epoch from s.committed_at)::float8 * 1000 as asked, e.client_id as event, to_json(e.received_at) #>> '{}' as at
    from durable.steps s join durable.events e on e.workspace_id = s.workspace_id and e.id = s.event_id
    where s.op = 'wait'`;
  const byStep = new Map(steps.map((step) => [step.key, step]));
  const pairs = groupBy(
    appLog!.only("waited").filter(({ got }) => got !== null),
    ({ run, event, key }) => `${run} ${event} ${key}`,
  );
  const violations: string[] = [];
  let rows = 0;
  for (const [pair, lines] of pairs) {
    // Programs number their steps in the order in which they are asked for. One that took several events names the last.
    const waits = lines.flatMap(({ run, stepId }) => byStep.get(`${run}/${stepId}`) ?? []);
    const [first, second] = waits.toSorted(
      (a, b) => Number(a.name.split("-")[1]) - Number(b.name.split("-")[1]),
    );
    if (second === undefined || first!.event === second.event) continue;
    rows += 1;
    const wereThere = [first!, second].every(
      ({ event }) => (ackedMs.get(event) ?? Number.POSITIVE_INFINITY) < first!.asked,
    );
    if (wereThere && second.at < first!.at)
      violations.push(`${pair}: the second got what came at ${second.at}`);
  }
  return examined(rows, violations);
}
