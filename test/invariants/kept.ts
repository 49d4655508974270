/** SQL: `s` is an entry that a rerun began with. What made it, and what it owned, is with its origin. */
export const KEPT = `exists (select 1 from durable.runs o where o.workspace_id = s.workspace_id and o.id = s.run_id
  and o.kept is not null and (s.seq <= o.kept or s.seq is null and s.status = 'cancelled'))`;

/** SQL: a person settled `s` in place of whoever would have. */
export const BY_HAND = `exists (select 1 from durable.repairs m where m.workspace_id = s.workspace_id and m.run_id = s.run_id
  and m.step_id = s.step_id and m.action in ('complete', 'skip', 'resolve'))`;
