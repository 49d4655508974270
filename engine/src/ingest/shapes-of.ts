import type { Fact } from "../domain/expressions.ts";
import { limitKeyOf } from "../domain/limit-key.ts";
import { type DeclaredShape, declaredShapes, shapeKeyId } from "../registry/declared-shapes.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { notStarted } from "./not-started.ts";

export type ShapesFound =
  /** As `durable.shape_runs` reads them. Null: the function has none. */
  | { readonly ok: true; readonly json: string | null }
  /** A sentence why they cannot be told. */
  | { readonly ok: false; readonly detail: string };

const NONE: ShapesFound = { ok: true, json: null };

/** What an event must pass to become a run of the function, with the keys it has there. */
export function shapesOf({ id, manifest }: FunctionEntry, event: () => Fact): ShapesFound {
  const shapes = declaredShapes(manifest);
  if (shapes.length === 0) return NONE;
  const found: Record<string, unknown> = {};
  for (const shape of shapes) {
    const key = keysOf(shape, event);
    if (!key.ok) return { ok: false, detail: notStarted(id, shape.name, key.problem) };
    found[shape.kind] = {
      id: shapeKeyId(id, shape, key.json),
      ...(key.json !== null && { key: key.json }),
      ...shape.spec,
    };
  }
  return { ok: true, json: JSON.stringify(found) };
}

type KeysFound =
  | { readonly ok: true; readonly json: string | null }
  | { readonly ok: false; readonly problem: string };

/** A debounced batch has two keys: those events go together that have both the same. */
function keysOf({ keys }: DeclaredShape, event: () => Fact): KeysFound {
  const values: string[] = [];
  for (const key of keys) {
    const value = limitKeyOf(key, event());
    if (!value.ok) return value;
    values.push(value.json);
  }
  return {
    ok: true,
    json: values.length === 0 ? null : values.length === 1 ? values[0]! : `[${values.join(",")}]`,
  };
}
