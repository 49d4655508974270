import { AWAITED_EVENTS_MAX, ID_CHARACTERS_MAX, type KeyedAwaited } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import { type AwaitedEvent, awaitedOnWire } from "./awaited.ts";

/** A list has its places as keys, an object its names. @throws NonRetriableError with what is wrong. */
export function severalOnWire(
  subject: string,
  events: readonly AwaitedEvent[] | Readonly<Record<string, AwaitedEvent>>,
): KeyedAwaited[] {
  const entries = typeof events === "object" && events !== null ? Object.entries(events) : [];
  if (entries.length === 0 || entries.length > AWAITED_EVENTS_MAX) {
    throw new NonRetriableError(
      `${subject}: name 1 to ${AWAITED_EVENTS_MAX} events, as a list or as an object; these are ${entries.length}.`,
    );
  }
  return entries.map(([key, awaited]) => {
    if (key === "" || key.length > ID_CHARACTERS_MAX) {
      throw new NonRetriableError(`${subject}: a name of an event has 1 to ${ID_CHARACTERS_MAX} characters.`);
    }
    return { key, ...awaitedOnWire(`${subject}, ${JSON.stringify(key)}`, awaited) };
  });
}
