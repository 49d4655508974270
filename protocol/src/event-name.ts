import { EVENT_NAME_CHARACTERS_MAX } from "./limits.ts";

// `order.placed`, `shop/order:placed`. Names are compared byte by byte, and typed by people into code, shells and
// URLs; so two that look alike must be the same, which holds for these characters only.
export const EVENT_NAME = /^[A-Za-z0-9_.:/-]{1,200}$/;
/** The same with `*`, which stands for any characters: `order.*`. */
export const EVENT_NAME_WITH_WILDCARDS = /^[A-Za-z0-9_.:/*-]{1,200}$/;
/** Names the engine keeps for its own events, such as `durable.run.failed`: may be listened to, not sent. */
export const RESERVED_EVENT_PREFIX = "durable.";
/** Of a run that was started by its function's name, not by an event. */
export const TRIGGER_EVENT_NAME = "durable.trigger";
/** Of a run that a schedule has started. */
export const TICK_EVENT_NAME = "durable.tick";
/** What the handler of a one-off call gets. */
export const CALL_EVENT_NAME = "durable.call";
/** What a client may send, as one pattern: for JSON Schema and OpenAPI. */
export const SENT_EVENT_NAME = new RegExp(
  EVENT_NAME.source.replace("^", `^(?!${RESERVED_EVENT_PREFIX.replace(".", "\\.")})`),
);

/**
 * Whether a pattern means an event of this name: `order.*` means `order.placed`. A pattern means the engine's own
 * events only when it names their prefix: a function for `*` would else be started by its own failures.
 */
export function isEventNameFor(pattern: string, name: string): boolean {
  const isReserved = name.startsWith(RESERVED_EVENT_PREFIX) && !pattern.startsWith(RESERVED_EVENT_PREFIX);
  return !isReserved && isNameFor(pattern, name);
}

/** Whether a pattern means this name, of whatever it is one: `*` stands for any characters. */
export function isNameFor(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern === name;
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop()!;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Null when a client may send an event of this name; otherwise a sentence that says why not. */
export function eventNameProblem(name: string): string | null {
  if (name.startsWith(RESERVED_EVENT_PREFIX)) {
    return `Event names beginning with "${RESERVED_EVENT_PREFIX}" belong to the engine; choose another.`;
  }
  if (EVENT_NAME.test(name)) return null;
  return `An event's name must have 1 to ${EVENT_NAME_CHARACTERS_MAX} characters out of A-Z a-z 0-9 _ . : / and -.`;
}
