/** A plan in the words of whole tables and their indexes: which partitions there are hangs on the day. */
export function ofWholeTables(plan: string): string {
  return plan.replaceAll(/\b(runs|events|steps|attempts|logs)_(?:p\d+|default)(?=_|\b)/g, "$1");
}
