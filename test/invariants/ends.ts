import { leftBy } from "./app-log.ts";
import { bySql, examined, type Invariant } from "./invariant.ts";
import { compareWithMemory } from "./memory.ts";

// H. Ends are final.

/** What a run is in the end, by what its cancel was answered. */
const ENDS_AS = {
  completed: "completed",
  failed: "failed",
  failing: "failed",
  cancelled: "cancelled",
  cancelling: "cancelled",
};

export const ENDS: readonly Invariant[] = [
  {
    number: "39",
    name: "cancelled",
    sentence:
      "A run whose cancel was acknowledged is cancelled, and its app hears nothing of it any more but to undo its steps.",
    phase: "after",
    needs: "ackLog",
    async check({ sql, ackLog, appLog, sentSince }) {
      const cancels = ackLog!.read().filter((line) => line.kind === "cancel" && line.answer !== null);
      const rows = await sql`select id, status from durable.runs where status is not null`;
      const statusOf = new Map(rows.map((row) => [row["id"] as string, row["status"] as string]));
      const violations: string[] = [];
      const cancelledAt = new Map<string, number>();
      for (const line of cancels) {
        if (line.kind !== "cancel") continue;
        const status = statusOf.get(line.run);
        // Its steps are undone first: then it is cancelled.
        if (status !== ENDS_AS[line.answer as keyof typeof ENDS_AS])
          violations.push(`${line.run}: ${line.answer} was answered, it is ${status}`);
        if (line.answer!.startsWith("cancel") && !cancelledAt.has(line.run))
          cancelledAt.set(line.run, line.t);
      }
      for (const line of appLog?.only("request") ?? []) {
        if (line.task === "compensate") continue;
        const at = cancelledAt.get(line.run ?? "");
        if (at !== undefined && sentSince(leftBy(line)) > at)
          violations.push(`${line.run}: a request ${line.t - at} ms after its cancel`);
      }
      return examined(cancels.length, violations);
    },
  },
  {
    number: "40",
    name: "final",
    sentence: "A run once seen to have ended is still ended, the same way.",
    phase: "always",
    async check({ sql, memory }) {
      const rows = await sql`
        select id, md5(concat_ws('|', status, ended_at, output, failure, end_fence)) as hash from durable.runs where status is not null`;
      const now = new Map(rows.map((row) => [row["id"] as string, row["hash"] as string]));
      return examined(rows.length, compareWithMemory(memory.ended, now, "the end of run"));
    },
  },
  {
    number: "E1",
    name: "told as it was",
    sentence:
      "The event of an end names a run that ended so, and each end has one at most; none is told of who hears of ends.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.events where name in ('durable.run.completed', 'durable.run.failed', 'durable.run.cancelled')",
      `select e.id, e.client_id, r.status, c.name as caused_by from durable.events e
         left join durable.runs r on r.workspace_id = e.workspace_id and r.id = (e.data::json -> 'run' ->> 'id')::uuid
         left join durable.events c on c.workspace_id = r.workspace_id and c.id = r.event_id
         where e.name in ('durable.run.completed', 'durable.run.failed', 'durable.run.cancelled')
           and (e.name is distinct from 'durable.run.' || r.status or e.client_id <> e.name || '/' || r.id or c.name like 'durable.run.%')`,
    ),
  },
  {
    number: "E2",
    name: "owed by the ended",
    sentence: "Only a run that has ended owes the event of it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.runs where status is not null",
      `select o.run_id, r.status from durable.end_events o
         left join durable.runs r on r.workspace_id = o.workspace_id and r.id = o.run_id where r.status is null`,
    ),
  },
  {
    number: "E3",
    name: "no end owed",
    sentence: "When all is quiet the event of every end that somebody listens to is there.",
    phase: "after",
    check: bySql(
      "select count(*) from durable.runs where status is not null",
      "select run_id from durable.end_events",
    ),
  },
  {
    number: "48",
    name: "audited",
    sentence: "Every cancel has its audit row, once.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.runs where status = 'cancelled'",
      `select r.id from durable.runs r where r.status = 'cancelled' and (select count(*) from durable.audit a
         where a.workspace_id = r.workspace_id and a.action in ('run.cancel', 'run.cancel-without-undo') and a.target = r.id::text) = 0
       union all
       select a.target::uuid from durable.audit a where a.action like 'run.cancel%'
         group by a.workspace_id, a.action, a.target having count(*) > 1`,
    ),
  },
];
