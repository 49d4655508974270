import { INVOKES_MAX, TARGET } from "@durable/protocol/wire";

/**
 * What a function says it invokes: functions as such, `"id"` or `"app/id"`.
 * @throws TypeError with what is wrong with the list.
 */
export function invokesOnWire(invokes: unknown): string[] {
  if (!Array.isArray(invokes) || invokes.length > INVOKES_MAX) {
    throw new TypeError(`"invokes" is a list of at most ${INVOKES_MAX} functions.`);
  }
  return invokes.map((target: unknown) => {
    const id = typeof target === "object" && target !== null && "id" in target ? target.id : target;
    if (typeof id === "string" && TARGET.test(id)) return id;
    throw new TypeError(
      `"invokes" names functions: as such, as "id" or as "app/id", not ${JSON.stringify(id) ?? "undefined, which a module has that is imported in a circle"}.`,
    );
  });
}
