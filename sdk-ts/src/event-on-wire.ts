import {
  type ClientEvent,
  EVENT_BYTES_MAX,
  eventNameProblem,
  ID_CHARACTERS_MAX,
  parseInstant,
} from "@durable/protocol/wire";
import { beginOnWire } from "./begin-on-wire.ts";
import { NonRetriableError } from "./errors.ts";
import type { EventToSend } from "./event.ts";
import { toJson } from "./execution/value.ts";
import { epochMsOf, type Instant } from "./instant.ts";
import { optionsProblem } from "./options.ts";
import { tagsOnWire } from "./search.ts";

/**
 * An event as the wire has it.
 * @param subject How a sentence about it begins: `Step "tell"`.
 * @throws NonRetriableError with what is wrong with its name, time or data.
 */
export function eventOnWire(subject: string, given: EventToSend): ClientEvent {
  const wrong = optionsProblem(given, ["name", "data", "id", "time", "delay", "at", "tags"]);
  if (wrong !== null) throw new NonRetriableError(`${subject}: an event to send ${wrong}`);
  const { name, data, id, time, tags } = given;
  const problem = typeof name === "string" ? eventNameProblem(name) : "An event needs a name.";
  if (problem !== null) throw new NonRetriableError(`${subject} sends ${JSON.stringify(name)}: ${problem}`);
  const event: ClientEvent = { name };
  const json = toJson(`${subject}: event "${name}" carries`, data, EVENT_BYTES_MAX);
  if (json !== undefined) event.data = json;
  if (id !== undefined) event.id = checkedId(subject, name, id);
  if (time !== undefined) event.time = instantOf(subject, name, time);
  if (tags !== undefined) event.tags = checkedTags(subject, name, tags);
  return Object.assign(event, beginOnWire(`${subject}: event "${name}"`, given));
}

/** The engine would refuse the whole answer for it, and say so at every attempt. */
function checkedId(subject: string, name: string, id: unknown): string {
  if (typeof id === "string" && id !== "" && id.length <= ID_CHARACTERS_MAX) return id;
  throw new NonRetriableError(
    `${subject}: the id of event "${name}" must be a text of 1 to ${ID_CHARACTERS_MAX} characters.`,
  );
}

function checkedTags(subject: string, name: string, tags: unknown): string[] {
  try {
    return tagsOnWire(tags);
  } catch (error) {
    throw new NonRetriableError(`${subject}: event "${name}": ${(error as Error).message}`);
  }
}

function instantOf(subject: string, name: string, time: Instant): string {
  const date = new Date(epochMsOf(time));
  const text = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  // Outside of the years 0 to 9999 the wire has no text for it.
  if (parseInstant(text) !== null) return text;
  throw new NonRetriableError(
    `${subject}: the time of event "${name}" is neither a valid Date nor an RFC 3339 instant with its zone.`,
  );
}
