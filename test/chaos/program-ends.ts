import { bySql, examined, type Invariant } from "../invariants/invariant.ts";
import type { Instruction } from "./programs.ts";

/**
 * What a run must come to is written in its event, so the load is an oracle of results, too. Every retried step
 * succeeds within its attempts, every fatal one is caught and every wait ends: only `fail` fails a run.
 */
export const PROGRAM_ENDS: Invariant = {
  number: "X2",
  name: "as programmed",
  sentence: "Every run that was not cancelled ended as its program says, with each instruction done once.",
  phase: "after",
  async check({ sql }) {
    const rows = await sql`
      select r.id, r.status, r.output, r.failure, e.data, (
        select coalesce(json_agg(s.name || ' ' || s.op || ' ' || s.status), '[]') from durable.steps s
        where s.workspace_id = r.workspace_id and s.run_id = r.id) as steps
      from durable.runs r join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
      where r.status in ('completed', 'failed') and r.function_id in ('worker', 'chained')`;
    const violations: string[] = [];
    for (const { id, status, output, failure, data, steps } of rows) {
      const { program } = JSON.parse(data as string) as { program: readonly Instruction[] };
      const isToFail = fails(program);
      if (status !== (isToFail ? "failed" : "completed")) violations.push(`${id} has ${status}: ${failure}`);
      else if (!isToFail && Number(output) !== program.length) violations.push(`${id} answered ${output}`);
      const expected = program.flatMap(stepsOf).sort();
      const losers = program.flatMap(racersOf);
      const found = (steps as string[]).map((step) => (losers.includes(step) ? ranOf(step) : step)).sort();
      if (found.join() !== expected.join())
        violations.push(`${id} has the steps ${found} instead of ${expected}`);
    }
    return examined(rows.length, violations);
  },
};

/** Such a run waits for ever, or for a child that does: whatever else it came to, somebody lost the event that stops it. */
export const STOPPED: Invariant = {
  number: "X3",
  name: "stopped",
  sentence: "Every run without an end was cancelled by its event, with its children.",
  phase: "after",
  check: bySql(
    "select count(*) from durable.runs where function_id = 'stoppable'",
    `select r.id, r.status, c.run_id as child, k.status as child_status from durable.runs r
       left join durable.children c on c.parent_workspace_id = r.workspace_id and c.parent_run_id = r.id
       left join durable.runs k on k.workspace_id = c.workspace_id and k.id = c.run_id
       where r.function_id = 'stoppable' and (r.status is distinct from 'cancelled' or c.run_id is not null and k.status is distinct from 'cancelled')`,
  ),
};

export const MOURNED: Invariant = {
  number: "X4",
  name: "mourned",
  sentence: "Every run that failed was told of, to a run of its own, where a function listens to that.",
  phase: "after",
  check: bySql(
    "select count(*) from durable.runs where status = 'failed'",
    `select r.id, e.id as event, m.id as mourner from durable.runs r
       left join durable.event_ids k on k.workspace_id = r.workspace_id and k.client_id = 'durable.run.failed/' || r.id
       left join durable.events e on e.workspace_id = k.workspace_id and e.id = k.event_id
       left join durable.runs m on m.workspace_id = e.workspace_id and m.event_id = e.id and m.function_id = 'mourner'
       where r.status = 'failed' and m.id is null
         and exists (select 1 from durable.functions f where f.workspace_id = r.workspace_id and f.id = 'mourner')`,
  ),
};

function fails(program: readonly Instruction[]): boolean {
  return program.some((instruction) => instruction.do === "fail");
}

function stepsOf(instruction: Instruction): string[] {
  switch (instruction.do) {
    case "run":
      return [`${instruction.name} run ${instruction.fatal ? "err" : "ok"}`];
    case "nap":
      return [`${instruction.name} sleep ok`];
    case "any":
    case "several":
      return [`${instruction.name} wait ok`];
    case "token":
      return [`${instruction.name} signal ok`, `${instruction.name}-complete fetch ok`];
    case "each":
      return [
        ...Array.from({ length: instruction.items }, () => "item run ok"),
        ...groupsOf(instruction.items).map((group) => `${group} group ok`),
      ];
    case "long":
      return Array.from({ length: instruction.steps }, (_, at) => `${instruction.name}-${at} run ok`);
    case "wait":
    case "signal":
    case "fetch":
    case "send":
      return [`${instruction.name} ${instruction.do} ok`];
    case "call":
      return [
        `${instruction.name} ${instruction.spawn ? "spawn ok" : `invoke ${fails(instruction.program) ? "err" : "ok"}`}`,
      ];
    case "branch":
      return [`${instruction.name} branch ok`, `${instruction.name}-then run ok`];
    case "all":
    case "fan":
      return instruction.branches.flatMap(stepsOf);
    case "race":
      return [
        ...instruction.branches.flatMap(stepsOf),
        `${instruction.name} join ok`,
        `${instruction.name}-patience sleep cancelled`,
      ];
    case "fail":
      return [];
  }
}

function groupsOf(items: number): string[] {
  const firsts = Array.from({ length: Math.ceil(items / 100) }, (_, group) => group * 100);
  return firsts.map((first) => `${first}-${Math.min(first + 100, items) - 1}`);
}

/** How those look that may have lost a race: cancelled, or ended before that was decided. */
function racersOf(instruction: Instruction): string[] {
  if (instruction.do !== "race") return [];
  return instruction.branches.flatMap(stepsOf).map((step) => step.replace(/ ok$/, " cancelled"));
}

function ranOf(step: string): string {
  return step.replace(/ cancelled$/, " ok");
}
