import { BATCH_BYTES_DEFAULT, type FunctionManifest, type LimitKey } from "@durable/protocol/wire";
import { hashedUuid } from "../domain/ids.ts";

/** A limit that acts before a run exists, as a function declares it. */
export interface DeclaredShape {
  readonly kind: "idempotency" | "debounce" | "batch" | "rate-limit" | "singleton";
  /** Of those that one kind can work in. */
  readonly way: string;
  /** As people read it. */
  readonly name: string;
  /** Values of them all together are its key; none: all events count together. */
  readonly keys: readonly LimitKey[];
  /** As `durable.shape_runs` reads it. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/** @returns in the order in which they are applied. A debounced batch is one: a batch that begins when it is quiet. */
export function declaredShapes(manifest: FunctionManifest): DeclaredShape[] {
  const { id, idempotency, debounce, batch, rate_limit: rate, singleton } = manifest;
  const shapes: DeclaredShape[] = [];
  if (idempotency !== undefined) {
    const { key, period_ms: ms } = idempotency;
    shapes.push({ kind: "idempotency", way: "", name: `idempotency of "${id}"`, keys: [key], spec: { ms } });
  }
  if (debounce !== undefined || batch !== undefined) shapes.push(collecting(manifest));
  if (rate !== undefined) {
    const { limit, period_ms: ms, burst, on_limit: onLimit } = rate;
    const spec = { limit, ms, delay: onLimit === "delay", ...(burst !== undefined && { burst }) };
    shapes.push({
      kind: "rate-limit",
      way: burst === undefined ? "window" : "pace",
      name: `rate limit of "${id}"`,
      keys: listed(rate.key),
      spec,
    });
  }
  // One that queues is a gate.
  if (singleton !== undefined && singleton.mode !== "queue") {
    const { mode } = singleton;
    shapes.push({
      kind: "singleton",
      way: "",
      name: `singleton of "${id}"`,
      keys: listed(singleton.key),
      spec: { mode },
    });
  }
  return shapes;
}

/**
 * Under which it remembers what it knows of a value of its key. What works another way, or has other keys, remembers
 * other things.
 * @param key JSON text; null for one without a key.
 */
export function shapeKeyId(functionId: string, { kind, way }: DeclaredShape, key: string | null): string {
  return hashedUuid(functionId, kind, way, key ?? "");
}

function collecting({ id, debounce, batch }: FunctionManifest): DeclaredShape {
  const quiet = debounce && {
    quiet_ms: debounce.period_ms,
    edge: debounce.edge ?? "trailing",
    ...(debounce.max_wait_ms !== undefined && { max_ms: debounce.max_wait_ms }),
  };
  if (batch === undefined) {
    return {
      kind: "debounce",
      way: debounce?.edge ?? "trailing",
      name: `debounce of "${id}"`,
      keys: listed(debounce?.key),
      spec: { ...quiet },
    };
  }
  const { max_size: size, max_wait_ms: wait_ms, max_bytes: bytes = BATCH_BYTES_DEFAULT } = batch;
  const keys = [...listed(batch.key), ...listed(debounce?.key)];
  return { kind: "batch", way: "", name: `batch of "${id}"`, keys, spec: { size, wait_ms, bytes, ...quiet } };
}

function listed(key: LimitKey | undefined): LimitKey[] {
  return key === undefined ? [] : [key];
}
