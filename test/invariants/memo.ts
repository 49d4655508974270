import { groupBy } from "../../engine/src/domain/group-by.ts";
import { type AppLine, hashOfText, leftBy } from "./app-log.ts";
import { bySql, examined, type Invariant, type World } from "./invariant.ts";
import { KEPT } from "./kept.ts";
import { compareWithMemory } from "./memory.ts";

// D. A result is recorded once and never changes; what is recorded is not done again.

interface Settled {
  readonly seq: number;
  readonly stepId: string;
  readonly op: string;
  readonly status: string;
  readonly hash: string;
  readonly attempt: number;
  readonly committedAtMs: number;
  readonly isKept: boolean;
}

/** The journal of every run, in order. */
async function journals({ sql }: World): Promise<Map<string, Settled[]>> {
  const rows = await sql`
    select run_id, seq, replace(step_id::text, '-', '') as step_id, op, status, attempt,
      case when status = 'err' then failure else value end as result, extract(epoch from settled_at)::float8 * 1000 as at,
      ${sql.unsafe(KEPT)} as is_kept
    from durable.steps s where seq is not null order by run_id, seq`;
  const journals = new Map<string, Settled[]>();
  for (const row of rows) {
    const entries = journals.get(row["run_id"]) ?? [];
    journals.set(row["run_id"], entries);
    entries.push({
      seq: row["seq"],
      stepId: row["step_id"],
      op: row["op"],
      status: row["status"],
      hash: hashOfText(row["result"]),
      attempt: row["attempt"],
      committedAtMs: row["at"],
      isKept: row["is_kept"],
    });
  }
  return journals;
}

/** Steps that a group stands for, by run and group: a request that shows the group leaves them out. */
async function folded({ sql }: World): Promise<Map<string, string[]>> {
  const rows = await sql`
    select run_id, replace(step_id::text, '-', '') as step_id, replace(group_id::text, '-', '') as group_id
    from durable.folded_steps`;
  const byGroup = groupBy([...rows], (row) => keyOf({ run: row["run_id"], stepId: row["group_id"] }));
  return new Map([...byGroup].map(([key, steps]) => [key, steps.map((row) => row["step_id"] as string)]));
}

const keyOf = (line: { run: string; stepId: string }): string => `${line.run}/${line.stepId}`;

export const MEMO: readonly Invariant[] = [
  {
    number: "17",
    name: "unchanged",
    sentence: "A result once seen is still there and still the same.",
    phase: "always",
    async check({ sql, memory }) {
      const rows = await sql`
        select run_id, step_id, md5(concat_ws('|', seq, op, name, n, status, value, failure, event_id)) as hash
        from durable.steps where seq is not null`;
      const now = new Map(rows.map((row) => [`${row["run_id"]}/${row["step_id"]}`, row["hash"]]));
      return examined(rows.length, compareWithMemory(memory.settled, now, "the result of"));
    },
  },
  {
    number: "17b",
    name: "produced",
    sentence: "Every recorded result of a step is one that an execution of that step returned.",
    phase: "after",
    needs: "appLog",
    async check(world) {
      const returned = new Set(
        world
          .appLog!.only("end")
          .flatMap((line) => (line.hash === null ? [] : `${keyOf(line)}/${line.hash}`)),
      );
      const runs = new Set(world.appLog!.only("request").map((line) => line.run));
      const recorded = [...(await journals(world))].flatMap(([run, entries]) =>
        entries
          .filter((entry) => runs.has(run) && entry.op === "run" && entry.status === "ok" && !entry.isKept)
          .map((entry) => ({ run, ...entry })),
      );
      const violations = recorded
        .filter((entry) => !returned.has(`${keyOf(entry)}/${entry.hash}`))
        .map((entry) => `${keyOf(entry)}: nobody returned what is recorded`);
      return examined(recorded.length, violations);
    },
  },
  {
    number: "18",
    name: "memo is the journal",
    sentence:
      "The memo of every request is the beginning of the run's journal, without what a group in it stands for: same entries, same order, same bytes.",
    phase: "after",
    needs: "appLog",
    async check(world) {
      const all = await journals(world);
      const groups = await folded(world);
      const violations: string[] = [];
      let rows = 0;
      for (const line of world.appLog!.only("request")) {
        const gone = new Set(
          (line.memo ?? []).flatMap(([stepId]) => groups.get(keyOf({ run: line.run!, stepId })) ?? []),
        );
        const journal = (all.get(line.run ?? "") ?? []).filter(({ stepId }) => !gone.has(stepId));
        for (const [index, [stepId, hash]] of (line.memo ?? []).entries()) {
          rows += 1;
          const entry = journal[index];
          if (entry?.stepId !== stepId)
            violations.push(`${line.run}, request ${line.id}: entry ${index + 1} is ${stepId}`);
          else if (entry.hash !== hash)
            violations.push(`${keyOf({ run: line.run!, stepId })}: other bytes in ${line.id}`);
        }
      }
      return examined(rows, violations);
    },
  },
  {
    number: "19",
    name: "never again",
    sentence:
      "A request that shows a result does not execute its step, and no request sent after a commit lacks its result.",
    phase: "after",
    needs: "appLog",
    check: neverAgain,
  },
  {
    number: "20",
    name: "one writer",
    sentence: "The results of one dispatch stand together: no other dispatch of the run wrote between them.",
    phase: "after",
    needs: "appLog",
    check: oneWriter,
  },
  {
    number: "22",
    name: "attempts",
    sentence: "The recorded attempts of a step that ended by themselves are numbered 1..k.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.attempts where step_id <> '00000000-0000-0000-0000-000000000000'",
      `select a.run_id, s.name, array_agg(a.attempt order by a.attempt) as attempts, s.attempt
         from durable.attempts a join durable.steps s using (workspace_id, run_id, step_id)
         where a.outcome in ('ok', 'failed')
         group by a.workspace_id, a.run_id, a.step_id, s.name, s.attempt
         having count(*) <> max(a.attempt) or count(distinct a.attempt) <> count(*) or max(a.attempt) <> s.attempt
       union all
       select s.run_id, s.name, null, s.attempt from durable.steps s where s.attempt > 1 and not ${KEPT} and not exists
         (select 1 from durable.attempts a where a.workspace_id = s.workspace_id and a.run_id = s.run_id and a.step_id = s.step_id)`,
    ),
  },
  {
    number: "22b",
    name: "retries",
    sentence:
      "No step is tried more often, or sooner, than its policy says, and none again after a final failure.",
    phase: "after",
    needs: "appLog",
    check: retries,
  },
  {
    number: "22c",
    name: "same key",
    sentence: "The idempotency key of a step is run/step, the same on every attempt.",
    phase: "after",
    needs: "appLog",
    async check({ appLog }) {
      const starts = appLog!.only("start");
      const violations = starts
        .filter((line) => !line.key.startsWith(line.run) || !line.key.includes(line.stepId))
        .map((line) => `${keyOf(line)} was given the key ${line.key}`);
      return examined(starts.length, violations);
    },
  },
  {
    number: "22d",
    name: "at most once",
    sentence: "The code of a step that runs at most once started at most once, whatever broke.",
    phase: "always",
    needs: "appLog",
    async check({ appLog }) {
      const starts = groupBy(
        appLog!.only("start").filter(({ once }) => once),
        keyOf,
      );
      const violations = [...starts]
        .filter(([, lines]) => lines.length > 1)
        .map(([key, lines]) => `${key} started ${lines.length} times`);
      return examined(starts.size, violations);
    },
  },
  {
    number: "23",
    name: "step ids",
    sentence: "A step's id is the hash of its scope, its name and its number.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps",
      `select run_id, step_id, name, n from durable.steps where op <> 'compensate' and replace(step_id::text, '-', '') <>
         left(encode(sha256(convert_to(coalesce(replace(scope::text, '-', ''), '') || E'\\x1f' || name || E'\\x1f' || n, 'UTF8')), 'hex'), 32)`,
    ),
  },
];

async function neverAgain(world: World) {
  const all = await journals(world);
  const groups = await folded(world);
  const requests = new Map(world.appLog!.only("request").map((line) => [line.id, line]));
  const starts = world.appLog!.only("start");
  const violations: string[] = [];
  for (const start of starts) {
    const request = requests.get(start.request);
    if (request === undefined) continue;
    const shown = new Set(
      request.memo?.flatMap(([stepId]) => [stepId, ...(groups.get(keyOf({ run: start.run, stepId })) ?? [])]),
    );
    if (shown.has(start.stepId))
      violations.push(`${keyOf(start)} was executed by request ${start.request}, which shows its result`);
    const entry = all.get(start.run)?.find((each) => each.stepId === start.stepId);
    if (entry !== undefined && world.sentSince(leftBy(request)) > entry.committedAtMs) {
      const late = Math.round(leftBy(request) - entry.committedAtMs);
      violations.push(
        `${keyOf(start)} was executed by request ${start.request}, sent ${late} ms after its result was recorded`,
      );
    }
  }
  return examined(starts.length, violations);
}

async function oneWriter(world: World) {
  const requestOf = new Map<string, string>();
  for (const line of world.appLog!.only("end"))
    if (line.hash !== null) requestOf.set(`${keyOf(line)}/${line.hash}`, line.request);
  const violations: string[] = [];
  let rows = 0;
  for (const [run, entries] of await journals(world)) {
    const seen = new Set<string>();
    let last = "";
    for (const entry of entries) {
      const request = requestOf.get(`${keyOf({ run, stepId: entry.stepId })}/${entry.hash}`);
      if (request === undefined) continue;
      rows += 1;
      if (request !== last && seen.has(request))
        violations.push(`${run}: entry ${entry.seq} is of request ${request}, others wrote since`);
      seen.add(request);
      last = request;
    }
  }
  return examined(rows, violations);
}

type Execution = Extract<AppLine, { kind: "start" | "end" }>;

/** When attempts ended by their silence, which their app cannot tell of. By run and step, then by attempt. */
async function silences({ sql }: World): Promise<Map<string, [attempt: number, t: number][]>> {
  const rows = await sql`
    select run_id, replace(step_id::text, '-', '') as step_id, attempt, extract(epoch from committed_at)::float8 * 1000 as at
    from durable.attempts where outcome = 'failed' and failure::json ->> 'name' = 'HeartbeatTimeoutError'`;
  const byStep = groupBy([...rows], (row) => keyOf({ run: row["run_id"], stepId: row["step_id"] }));
  return new Map(
    [...byStep].map(([key, ended]) => [
      key,
      ended.map((row) => [row["attempt"] as number, row["at"] as number]),
    ]),
  );
}

async function retries(world: World) {
  const silent = await silences(world);
  const lines = world
    .appLog!.read()
    .filter((line): line is Execution => line.kind === "start" || line.kind === "end");
  const violations: string[] = [];
  let rows = 0;
  for (const [key, executions] of groupBy(lines, keyOf)) {
    // Of each attempt: when it first ended in failure, and whether that was final.
    const failedAt = new Map<number, number>(silent.get(key));
    for (const line of executions) {
      if (line.kind === "end") {
        if (line.hash === null)
          failedAt.set(
            line.attempt,
            Math.min(failedAt.get(line.attempt) ?? Number.POSITIVE_INFINITY, line.t),
          );
        continue;
      }
      rows += 1;
      if (line.attempt > line.attemptsMax)
        violations.push(`${key}: attempt ${line.attempt} of ${line.attemptsMax}`);
      if (line.attempt === 1) continue;
      const before = failedAt.get(line.attempt - 1);
      if (before === undefined)
        violations.push(`${key}: attempt ${line.attempt} without a failed one before it`);
      // One millisecond for two clocks that round differently.
      else if (line.t + 1 < before + line.backoffMs)
        violations.push(`${key}: attempt ${line.attempt} after ${line.t - before} ms`);
    }
    const fatal = executions.filter((line) => line.kind === "end" && line.retriable === false);
    const later = executions.filter(
      (line) => line.kind === "start" && fatal.some((end) => end.attempt < line.attempt),
    );
    if (later.length > 0) violations.push(`${key}: tried again after a final failure`);
  }
  return examined(rows, violations);
}
