// What may be typed next, while a filter is typed: first the name of a term, then its value.
import { RUN_STATUS, type RunStatus } from "../../words/run-status.ts";
import { quotedWhereNeeded, termsOf } from "./query-text.ts";

export interface Known {
  readonly functions: readonly string[];
  readonly deployments: readonly string[];
  /** Names of errors that runs had. */
  readonly errors: readonly string[];
  readonly tags: readonly string[];
  /** `data.user.id`: what functions declare as searchable. */
  readonly paths: readonly string[];
  /** Of functions, by how many they may have had: the newest version. */
  readonly newestVersion: number;
}

export interface Suggestion {
  readonly label: string;
  readonly hint: string;
  /** The text when it is taken. */
  readonly text: string;
  /** It is a whole term: the filter can be applied. False: its value comes next. */
  readonly isWhole: boolean;
}

const NAMES: Readonly<Record<string, string>> = {
  status: "where it stands",
  function: "whose run it is",
  error: "what it failed with",
  after: "created since",
  before: "created until",
  tag: "what its sender called it",
  version: "of its function",
  deployment: "where its function ran",
  step: "the step that failed",
  event: "an event's id",
  parent: "the run that started it",
  key: "of a limit it stands at",
};

const TIMES: readonly (readonly [string, string])[] = [
  ["15m", "15 minutes ago"],
  ["1h", "an hour ago"],
  ["6h", "6 hours ago"],
  ["24h", "a day ago"],
  ["7d", "a week ago"],
  ["30d", "30 days ago"],
];

type Values = (known: Known) => readonly (readonly [value: string, hint: string])[];

const bare = (values: readonly string[]) => values.map((value) => [value, ""] as const);

const VALUES: Readonly<Record<string, Values>> = {
  status: () => (Object.keys(RUN_STATUS) as RunStatus[]).map((status) => [status, RUN_STATUS[status].label]),
  function: ({ functions }) => bare(functions),
  error: ({ errors }) => bare(errors),
  deployment: ({ deployments }) => bare(deployments),
  tag: ({ tags }) => bare(tags),
  version: ({ newestVersion }) =>
    Array.from(
      { length: Math.min(newestVersion, 9) },
      (_, back) => [String(newestVersion - back), ""] as const,
    ),
  after: () => TIMES,
  before: () => TIMES,
};

const SHOWN_MAX = 9;

/** @param caret Characters of the text before it: the term that it stands in is completed. */
export function suggestionsFor(text: string, caret: number, known: Known): readonly Suggestion[] {
  const term = termsOf(text).find(({ start, end }) => start < caret && caret <= end);
  const start = term?.start ?? caret;
  const end = term?.end ?? caret;
  const replaced = (by: string) => `${text.slice(0, start)}${by}${text.slice(end)}`;
  const found =
    term?.name === null || term === undefined
      ? namesFor(term?.value ?? "", known, replaced)
      : valuesFor(term.name, term.value, known, replaced);
  return found.slice(0, SHOWN_MAX);
}

function namesFor(typed: string, { paths }: Known, replaced: (by: string) => string): Suggestion[] {
  const all = [...Object.entries(NAMES), ...paths.map((path) => [path, "of its event's data"] as const)];
  return all
    .filter(([name]) => name.startsWith(typed.toLowerCase()))
    .map(([name, hint]) => ({ label: `${name}:`, hint, text: replaced(`${name}:`), isWhole: false }));
}

function valuesFor(
  name: string,
  typed: string,
  known: Known,
  replaced: (by: string) => string,
): Suggestion[] {
  // Of several statuses the last one is being typed.
  const comma = name === "status" ? typed.lastIndexOf(",") + 1 : 0;
  const [before, last] = [typed.slice(0, comma), typed.slice(comma).toLowerCase()];
  return (VALUES[name]?.(known) ?? [])
    .filter(([value]) => value.toLowerCase().includes(last) && !before.split(",").includes(value))
    .map(([value, hint]) => ({
      label: value,
      hint,
      text: replaced(`${name}:${quotedWhereNeeded(before + value)}`),
      isWhole: true,
    }));
}
