import type { Fact } from "../domain/expressions.ts";
import type { Listener } from "../registry/listeners.ts";
import type { SkipRow } from "../store/event-rows.ts";
import { passes } from "./passes.ts";

/** What expressions looked at: path -> JSON of the value there, cut where it is long; null where there is none. */
type Facts = Readonly<Record<string, string | null>>;

const PATHS_MAX = 10;
const VALUE_CHARACTERS_MAX = 200;
const PATH = /\bevent(?:\.[A-Za-z_]\w*)+/g;

type Filters = NonNullable<Listener["filters"]>;

/** What a skip says of an event that meets none of these; null when it meets one. */
export function unmet(filters: Filters, event: Fact): Pick<SkipRow, "reason" | "detail" | "facts"> | null {
  const verdict = passes(filters, event);
  if (verdict === true) return null;
  const looked = factsOf(filters, event);
  const facts = JSON.stringify(looked);
  return verdict === false
    ? { reason: "filtered", detail: filteredSentence(filters, looked), facts }
    : { reason: "expression", detail: verdict, facts };
}

function factsOf(filters: Filters, event: Fact): Facts {
  const paths = new Set(textsOf(filters).flatMap((text) => text.match(PATH) ?? []));
  const facts: Record<string, string | null> = {};
  for (const path of [...paths].slice(0, PATHS_MAX)) facts[path] = shown(valueAt(event.value(), path));
  return facts;
}

/** Why a function whose trigger names the event was not meant. */
function filteredSentence(filters: Filters, facts: Facts): string {
  const texts = textsOf(filters);
  const values = Object.entries(facts).map(([path, json]) => `${path} is ${json ?? "missing"}`);
  const holds =
    texts.length === 1 ? `${texts[0]} does not hold` : `None of its triggers holds (${texts.join("; ")})`;
  return `${holds}${values.length === 0 ? "" : `: ${values.join(", ")}`}.`;
}

function textsOf(filters: Filters): string[] {
  return filters.flatMap((filter) => ("problem" in filter ? [] : filter.text));
}

function valueAt(event: unknown, path: string): unknown {
  let value = event;
  for (const member of path.split(".").slice(1)) {
    // A method of a text or a list ends the path: what it was called on is the value.
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    if (!Object.hasOwn(value, member)) return undefined;
    value = (value as Record<string, unknown>)[member];
  }
  return value;
}

function shown(value: unknown): string | null {
  const json = JSON.stringify(value);
  if (json === undefined) return null;
  return json.length > VALUE_CHARACTERS_MAX ? `${json.slice(0, VALUE_CHARACTERS_MAX)}…` : json;
}
