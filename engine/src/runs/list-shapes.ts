import type { FunctionManifest } from "@durable/protocol/wire";
import { type DeclaredShape, declaredShapes, shapeKeyId } from "../registry/declared-shapes.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Database } from "../store/database.ts";
import { listShapeKeys, type ShapeKeyListed } from "../store/shape-keys.ts";

export interface ListShapesParts {
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of">;
}

export interface ShapesListed {
  readonly shapes: readonly {
    readonly functionId: string;
    readonly kind: DeclaredShape["kind"];
    readonly name: string;
    readonly declared: Partial<FunctionManifest>;
    readonly keys: readonly ShapeKeyListed[];
  }[];
  /** There are more keys than were looked at. */
  readonly isPartial: boolean;
}

export interface ShapesAsked {
  /** Null: of all. */
  readonly functionId: string | null;
  /** JSON text of a value; null: those that events have come to last. */
  readonly key: string | null;
  /** Of each shape. */
  readonly keysMax: number;
}

/** The shapes that functions declare, in the order in which they are applied, with what they remember of their keys. */
export async function listShapes(
  { database, registry }: ListShapesParts,
  workspaceId: number,
  { functionId, key, keysMax }: ShapesAsked,
): Promise<ShapesListed> {
  const { functions } = await registry.of(workspaceId);
  const declared = [...functions.values()]
    .filter(({ id }) => functionId === null || id === functionId)
    .flatMap(({ id, manifest }) =>
      declaredShapes(manifest).map((shape) => ({ functionId: id, manifest, shape })),
    );
  const ids = key === null ? null : declared.map(({ functionId: id, shape }) => shapeKeyId(id, shape, key));
  const asked = declared.map(({ functionId: id, shape: { kind }, manifest: { rate_limit: rate } }) => {
    const { limit = null, period_ms: periodMs = null, burst = null } = (kind === "rate-limit" && rate) || {};
    return { functionId: id, kind, limit, periodMs, burst };
  });
  const { keys, isPartial } = await listShapeKeys(database, workspaceId, asked, keysMax, ids);
  return {
    shapes: declared.map(({ functionId: id, shape: { kind, name }, manifest }) => ({
      functionId: id,
      kind,
      name,
      declared: declaredAs(kind, manifest),
      keys: keys.filter((each) => each.functionId === id && each.kind === kind),
    })),
    isPartial,
  };
}

/** As its manifest says it. */
function declaredAs(kind: DeclaredShape["kind"], manifest: FunctionManifest): Partial<FunctionManifest> {
  const { idempotency, debounce, batch, rate_limit, singleton } = manifest;
  const all: Record<DeclaredShape["kind"], Partial<FunctionManifest>> = {
    idempotency: { idempotency },
    debounce: { debounce },
    batch: { batch, ...(debounce !== undefined && { debounce }) },
    "rate-limit": { rate_limit },
    singleton: { singleton },
  };
  return all[kind];
}
