import {
  type Awaited as AwaitedOnWire,
  EXPRESSION_CHARACTERS_MAX,
  eventNameProblem,
  JSON_KEY_BYTES_MAX,
  type JsonScalar,
  MATCH_PATH_CHARACTERS_MAX,
  MATCH_PATHS_MAX,
  RESERVED_EVENT_PREFIX,
} from "@durable/protocol/wire";
import type { Duration } from "../duration.ts";
import { NonRetriableError } from "../errors.ts";
import { shown } from "../options.ts";
import { boundedMs } from "./bounded-duration.ts";
import { checkOptions } from "./checked-options.ts";

/** What an event must be to end a wait. */
export interface AwaitedEvent {
  /** The event's name, without wildcards. */
  readonly event: string;
  /** Paths into the event's data and what they must equal: `{ userId: 1, "order.id": 2 }`. Up to 20. */
  readonly match?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /**
   * An expression (CEL) over `event` and `trigger`, the event that started the run, that must hold as well:
   * `"event.data.total > trigger.data.total"`. Asked after `match`. One that fails makes the wait fail.
   */
  readonly if?: string | undefined;
  /** An event that came this long before the wait counts too. Default: since the run began. Up to 366 days. */
  readonly lookBack?: Duration | undefined;
}

const OPTIONS = ["event", "match", "if", "lookBack"];

/**
 * @param more What else stands beside the event.
 * @throws NonRetriableError with what is wrong with it.
 */
export function awaitedOnWire(
  subject: string,
  awaited: AwaitedEvent,
  more: readonly string[] = [],
): AwaitedOnWire {
  if (typeof awaited !== "object" || awaited === null) {
    throw new NonRetriableError(`${subject}: say which event, as { event: "order.paid" }.`);
  }
  checkOptions(subject, "an event that is waited for", awaited, [...OPTIONS, ...more]);
  const { event, match, if: condition, lookBack } = awaited;
  checkName(subject, event);
  if (condition !== undefined && (typeof condition !== "string" || condition === "")) {
    throw new NonRetriableError(`${subject}: "if" must be an expression, such as "event.data.total > 100".`);
  }
  if (condition !== undefined && condition.length > EXPRESSION_CHARACTERS_MAX) {
    throw new NonRetriableError(
      `${subject}: "if" has ${condition.length} characters; at most ${EXPRESSION_CHARACTERS_MAX} are possible. Say what must be equal with "match", or look at the event once it has come.`,
    );
  }
  return {
    event,
    ...(match !== undefined && { match: checkMatch(subject, match) }),
    ...(condition !== undefined && { if: condition }),
    ...(lookBack !== undefined && { look_back_ms: boundedMs(subject, lookBack) }),
  };
}

/** The engine's own events may be awaited, though not sent. */
function checkName(subject: string, name: unknown): void {
  if (typeof name !== "string") throw new NonRetriableError(`${subject}: "event" must name an event.`);
  const own = name.startsWith(RESERVED_EVENT_PREFIX) ? name.slice(RESERVED_EVENT_PREFIX.length) : name;
  const problem = eventNameProblem(own);
  if (problem !== null) throw new NonRetriableError(`${subject}: ${problem}`);
}

/** Undefined would vanish on the way, and the wait would take any event: better no wait than that. */
export function checkMatch(
  subject: string,
  match: Readonly<Record<string, unknown>>,
): Record<string, JsonScalar> {
  if (typeof match !== "object" || match === null || Array.isArray(match)) {
    throw new NonRetriableError(
      `${subject}: "match" names paths and what they must equal, as { "order.id": 7 }, and is ${shown(match)}.`,
    );
  }
  const entries = Object.entries(match);
  if (entries.length > MATCH_PATHS_MAX) {
    throw new NonRetriableError(
      `${subject}: "match" has ${entries.length} paths; at most ${MATCH_PATHS_MAX} are possible.`,
    );
  }
  for (const [path, value] of entries) {
    if (path === "" || path.length > MATCH_PATH_CHARACTERS_MAX || bytesOf(path) > JSON_KEY_BYTES_MAX) {
      throw new NonRetriableError(
        `${subject}: a path of "match" has 1 to ${MATCH_PATH_CHARACTERS_MAX} characters, as in "order.id".`,
      );
    }
    const isScalar = value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
    if (isScalar) continue;
    throw new NonRetriableError(
      `${subject}: "match" compares "${path}" with ${String(value)}. It must be a string, a finite number, a boolean or null.`,
    );
  }
  return Object.fromEntries(entries) as Record<string, JsonScalar>;
}

const utf8 = new TextEncoder();

function bytesOf(text: string): number {
  return utf8.encode(text).length;
}
