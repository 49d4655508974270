/** Some runs went because their retention was over, or were erased: what is left of others may name them. */
export const SOME_ARE_GONE = `(exists (select 1 from durable.partitions where state in ('dropped', 'swept'))
  or exists (select 1 from durable.retention_walks where runs > 0)
  or exists (select 1 from durable.erasures where runs > 0))`;
