// The state of a screen is in its address. One schema per screen says what may stand there.
import { safeParse, type ZodMiniObject } from "zod/mini";

type Shape = Parameters<typeof safeParse>[0];

/** What was in an address and means nothing: told once, by the shell. */
export const dropped: string[] = [];

/**
 * For `validateSearch`: members that the schema takes, each judged by itself, so that one mistyped parameter does not take the others
 * with it.
 */
export function readSearch<Schema extends ZodMiniObject>(schema: Schema) {
  return (search: Record<string, unknown>): Partial<import("zod/mini").infer<Schema>> => {
    const kept: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(search)) {
      const member = (schema.shape as Record<string, Shape>)[name];
      const read = member === undefined ? null : safeParse(member, value);
      if (read?.success) kept[name] = read.data;
      else dropped.push(name);
    }
    return kept as Partial<import("zod/mini").infer<Schema>>;
  };
}
