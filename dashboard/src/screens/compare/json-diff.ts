// What is different between two JSON values, place by place. Lists are compared by their places: what moved is told as changed.
import { ExactNumber } from "../../api/exact-json.ts";

export interface JsonChange {
  /** `lines[0].sku`; empty of the value itself. */
  readonly path: string;
  /** Missing on that side where it is `undefined`. */
  readonly a: unknown;
  readonly b: unknown;
}

const NAME = /^[A-Za-z_$][\w$]*$/;

/** @param most Of so many no more are looked for. */
export function diffJson(a: unknown, b: unknown, most: number): JsonChange[] {
  const changes: JsonChange[] = [];
  // By hand and not by recursion: values may be nested as deeply as their text is long.
  const waiting: JsonChange[] = [{ path: "", a, b }];
  for (let next = waiting.pop(); next !== undefined && changes.length < most; next = waiting.pop()) {
    const { path } = next;
    if (isSameScalar(next.a, next.b)) continue;
    const members = membersOf(next.a, next.b);
    if (members === null) changes.push(next);
    else
      for (const { name, ...sides } of members.reverse())
        waiting.push({ path: typeof name === "number" ? `${path}[${name}]` : joined(path, name), ...sides });
  }
  return changes;
}

export function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || diffJson(a, b, 1).length === 0;
}

interface Sides {
  readonly name: string | number;
  readonly a: unknown;
  readonly b: unknown;
}

/** Of two lists, or two objects; null of what can only be the same or not. */
function membersOf(a: unknown, b: unknown): Sides[] | null {
  if (Array.isArray(a) && Array.isArray(b))
    return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => ({
      name: at,
      a: a[at],
      b: b[at],
    }));
  if (!isObject(a) || !isObject(b)) return null;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => ({
    name,
    a: a[name],
    b: b[name],
  }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

function isSameScalar(a: unknown, b: unknown): boolean {
  if (a instanceof ExactNumber && b instanceof ExactNumber) return a.source === b.source;
  return a === b;
}

function joined(path: string, name: string): string {
  if (!NAME.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}
