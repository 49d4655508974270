// What people type to find runs: `status:failed function:pay after:2h data.user.id:42`. Parsed once, for the API, the command line
// and pages. Pure: times are told from `nowMs`.
import { isUuid } from "./ids.ts";
import { jsonOrText } from "./json-or-text.ts";
import { RUN_STATUSES, type RunStatus } from "./run-status.ts";
import { isDataPath, type RunTerm, TAG_TERM, TERM_CHARACTERS_MAX } from "./run-terms.ts";

export interface RunQuery {
  readonly statuses: readonly RunStatus[] | null;
  readonly functionId: string | null;
  readonly version: number | null;
  readonly deployment: string | null;
  /** The fingerprint of a group, or the name of an error. */
  readonly error: string | null;
  /** The name of the step that it comes from. */
  readonly step: string | null;
  /** As senders see it: their own id, or the one the event was given. */
  readonly eventId: string | null;
  readonly parent: string | null;
  /** JSON text of a limit's key; of runs that live. */
  readonly key: string | null;
  /** Tags, and what stands at declared paths: all of them. */
  readonly terms: readonly RunTerm[];
  readonly fromMs: number | null;
  /** Not included. */
  readonly toMs: number | null;
  /** A run's id or an event's. */
  readonly anyId: string | null;
}

export const EVERY_RUN: RunQuery = {
  statuses: null,
  functionId: null,
  version: null,
  deployment: null,
  error: null,
  step: null,
  eventId: null,
  parent: null,
  key: null,
  terms: [],
  fromMs: null,
  toMs: null,
  anyId: null,
};

/** What is wrong with a query, and where. */
export interface QueryFlaw {
  /** Characters before it, from 0. */
  readonly at: number;
  readonly message: string;
}

type Members = { -readonly [Key in keyof RunQuery]?: RunQuery[Key] };
type Reader = (value: string, nowMs: number) => Members | string;

const READERS: Record<string, Reader> = {
  status: (value) => {
    const statuses = value.split(",");
    const unknown = statuses.find((one) => !(RUN_STATUSES as readonly string[]).includes(one));
    if (unknown !== undefined) return `"${unknown}" is no status; there are ${RUN_STATUSES.join(", ")}`;
    return { statuses: [...new Set(statuses)] as RunStatus[] };
  },
  function: (value) => ({ functionId: value }),
  version: (value) => {
    if (!/^v?[1-9]\d{0,8}$/.test(value)) return `"${value}" is no version; write version:3`;
    return { version: Number(value.replace("v", "")) };
  },
  deployment: (value) => ({ deployment: value }),
  error: (value) => ({ error: value }),
  step: (value) => ({ step: value }),
  event: (value) => ({ eventId: value }),
  parent: (value) => (isUuid(value) ? { parent: value.toLowerCase() } : `"${value}" is no run's id`),
  key: (value) => ({ key: scalarText(value) }),
  tag: (value) => termOf(TAG_TERM, value),
  after: (value, nowMs) => instantOf(value, nowMs, (ms) => ({ fromMs: ms })),
  before: (value, nowMs) => instantOf(value, nowMs, (ms) => ({ toMs: ms })),
};

const NAMES = [...Object.keys(READERS), "data.…"];
/** Each is looked for in an index of its own. */
const TERMS_MAX = 5;
export const QUERY_CHARACTERS_MAX = 1_000;

/** A term: `name:value`, `name:"a value"`, or a bare id. */
const TERM = /(?:([A-Za-z][\w.-]*):)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))?/y;

export function parseRunQuery(text: string, nowMs: number): RunQuery | QueryFlaw {
  if (text.length > QUERY_CHARACTERS_MAX)
    return { at: QUERY_CHARACTERS_MAX, message: `a query has ${QUERY_CHARACTERS_MAX} characters at most` };
  const found: Members = {};
  let at = 0;
  while (true) {
    at += /^\s*/.exec(text.slice(at))![0].length;
    if (at === text.length) return { ...EVERY_RUN, ...found };
    TERM.lastIndex = at;
    const [term, name, quoted, bare] = TERM.exec(text)!;
    if (term === "") return { at, message: "this quote is not closed" };
    const next = text[at + term.length];
    const value = quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1");
    const read = readTerm(name, value, next === '"', nowMs);
    if (typeof read === "string") return { at, message: read };
    const { terms, ...members } = read;
    if (terms !== undefined) {
      found.terms = [...(found.terms ?? []), ...terms];
      if (found.terms.length > TERMS_MAX)
        return { at, message: `tags and paths are ${TERMS_MAX} at most in one query` };
    }
    const twice = Object.keys(members).find((key) => key in found);
    if (twice !== undefined)
      return {
        at,
        message: `${name === undefined ? "an id" : `"${name}"`} is there twice; a run can have one`,
      };
    Object.assign(found, members);
    at += term.length;
  }
}

export function isQueryFlaw(read: RunQuery | QueryFlaw): read is QueryFlaw {
  return "message" in read;
}

/** As a sentence, with the place marked. */
export function sayQueryFlaw(text: string, { at, message }: QueryFlaw): string {
  const rest = text.slice(at, at + 40);
  return `At character ${at + 1}${rest === "" ? "" : `, "${rest}"`}: ${message}.`;
}

function readTerm(
  name: string | undefined,
  value: string | undefined,
  isOpen: boolean,
  nowMs: number,
): Members | string {
  if (isOpen && value === undefined) return "this quote is not closed";
  if (name === undefined) return { anyId: value! };
  const reader = Object.hasOwn(READERS, name)
    ? READERS[name]
    : isDataPath(name)
      ? (value: string) => termOf(name, value)
      : undefined;
  if (reader === undefined) return `there is no "${name}"; there are ${NAMES.join(", ")}`;
  if (value === undefined || value === "")
    return `"${name}" needs a value, such as ${name}:${EXAMPLES[name] ?? "42"}`;
  return reader(value, nowMs);
}

const EXAMPLES: Record<string, string> = {
  status: "failed",
  function: "pay",
  version: "3",
  deployment: "blue",
  error: "CardError",
  step: "charge",
  event: "order-42",
  parent: "RUN",
  key: "42",
  tag: "billing",
  after: "2h",
  before: "2026-10-21T09:00Z",
};

function termOf(name: string, value: string): Members | string {
  return value.length <= TERM_CHARACTERS_MAX
    ? { terms: [[name, value]] }
    : `values of more than ${TERM_CHARACTERS_MAX} characters are not kept`;
}

/** As gates keep keys: JSON. What is none is text. */
function scalarText(value: string): string {
  const read = jsonOrText(value);
  return JSON.stringify(read !== null && typeof read === "object" ? value : read);
}

const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function instantOf(value: string, nowMs: number, of: (ms: number) => Members): Members | string {
  const ago = /^(\d{1,6})([smhdw])$/.exec(value);
  if (ago !== null) return of(Math.max(0, nowMs - Number(ago[1]) * UNIT_MS[ago[2]!]!));
  const isInstant = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(value);
  const ms = isInstant ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms) || ms < 0)
    return `"${value}" is no time; write 30m, 2h, 7d, 2026-10-21 or 2026-10-21T09:00:00Z`;
  return of(ms);
}
