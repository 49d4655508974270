import { bySql, type Invariant } from "./invariant.ts";

// O. Entries that stand for many.

export const GROUPS: readonly Invariant[] = [
  {
    number: "G1",
    name: "stood for",
    sentence:
      "A step is left out of the memo only for a settled group of its run that came after it, and never when it can be undone.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.folded_steps",
      `select f.run_id, s.name, g.name as for, g.status from durable.folded_steps f
         left join durable.steps s on s.workspace_id = f.workspace_id and s.run_id = f.run_id and s.step_id = f.step_id
         left join durable.steps g on g.workspace_id = f.workspace_id and g.run_id = f.run_id and g.step_id = f.group_id
         left join durable.compensations c on c.workspace_id = f.workspace_id and c.run_id = f.run_id and c.step_id = f.step_id
         where s.seq is null or g.seq is null or g.op <> 'group' or s.seq >= g.seq or c.step_id is not null`,
    ),
  },
];
