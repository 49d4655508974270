import { bySql, type Invariant } from "./invariant.ts";

// Failures in groups.

/** Runs that failed, or that need a person and not because one has paused them. */
const FAILED = `select r.workspace_id, r.id from durable.runs r
  left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
  where r.status = 'failed' or l.status = 'paused' and r.pause_reason::json ->> 'name' <> 'Paused'`;

export const ERRORS: readonly Invariant[] = [
  {
    number: "EG1",
    name: "grouped or owed",
    sentence: "Every run that failed, or that an error has paused, is in a group, or owed to one.",
    phase: "always",
    check: bySql(
      `select count(*) from (${FAILED}) as f`,
      `select f.id from (${FAILED}) as f
         where not exists (select 1 from durable.ungrouped u where u.workspace_id = f.workspace_id and u.run_id = f.id)
           and not exists (select 1 from durable.run_errors e join durable.error_groups g
             on g.workspace_id = e.workspace_id and g.fingerprint = e.fingerprint where e.workspace_id = f.workspace_id and e.run_id = f.id)`,
    ),
  },
  {
    number: "EG2",
    name: "counts agree",
    sentence: "A group counts what its versions count together, and no fewer than the runs that are in it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.error_groups",
      `select g.fingerprint, g.count, v.count as of_versions, e.count as runs from durable.error_groups g
         left join lateral (select sum(v.count) as count, min(v.first_seen) as first_seen, max(v.last_seen) as last_seen from durable.error_versions v
           where v.workspace_id = g.workspace_id and v.fingerprint = g.fingerprint) as v on true
         left join lateral (select count(*) from durable.run_errors e
           where e.workspace_id = g.workspace_id and e.fingerprint = g.fingerprint) as e on true
         where g.count is distinct from v.count or g.count < e.count or g.first_seen <> v.first_seen or g.last_seen <> v.last_seen`,
    ),
  },
  {
    number: "EG3",
    name: "no group owed",
    sentence: "When all is quiet every failure has its group.",
    phase: "after",
    check: bySql("select count(*) from durable.runs", "select run_id from durable.ungrouped"),
  },
];
