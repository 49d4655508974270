import { EVENT_NAME_CHARACTERS_MAX } from "./limits.ts";

// Any script, and spaces: names come from many systems (`order.placed`, `App\Events\OrderShipped`, `Größe geändert`).
// Not what a person cannot see (control characters, line and paragraph separators), and no `*`, which a trigger
// needs. Written out without classes such as \p{Cc}, so that it is the same in every JSON Schema validator.
export const EVENT_NAME = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029*]{1,200}$/;
/** The same with `*`, which stands for any characters: `order.*`. */
export const EVENT_NAME_WITH_WILDCARDS = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,200}$/;
/** Names the engine keeps for its own events, such as `durable.run.failed`: may be listened to, not sent. */
export const RESERVED_EVENT_PREFIX = "durable.";

/** Null when a client may send an event of this name; otherwise a sentence that says why not. */
export function eventNameProblem(name: string): string | null {
  if (name.startsWith(RESERVED_EVENT_PREFIX)) {
    return `Event names beginning with "${RESERVED_EVENT_PREFIX}" belong to the engine; choose another.`;
  }
  if (EVENT_NAME.test(name)) return null;
  return (
    `An event's name must have 1 to ${EVENT_NAME_CHARACTERS_MAX} characters, none of them a control character, ` +
    "a line separator or *."
  );
}
