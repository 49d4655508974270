import type { Concurrency, FunctionManifest, LimitKey, Singleton, Throttle } from "@durable/protocol/wire";
import type { Gate } from "../domain/gates.ts";
import { hashedUuid } from "../domain/ids.ts";

/** A limit that acts before a job is leased, as a function declares it. */
export interface DeclaredLimit {
  /** Lasts from sync to sync: what it counts, or its key, may change and it is the same limit. */
  readonly id: string;
  /** As people read it. */
  readonly name: string;
  /** Null: several functions share it. */
  readonly functionId: string | null;
  readonly kind: "concurrency" | "throttle" | "singleton";
  readonly unit: Gate["unit"];
  readonly count: number;
  readonly periodMs: number | null;
  readonly burst: number | null;
  readonly key: LimitKey | null;
  /** Of a throttle: what one start costs. */
  readonly units: NonNullable<Throttle["units"]>;
  /** The gate of all its runs; null: each value of its key has one. */
  readonly gate: Gate | null;
}

type Declared = Omit<DeclaredLimit, "gate">;

/** @returns in the order in which a job passes them. */
export function declaredLimits({ id, concurrency, throttle, singleton }: FunctionManifest): DeclaredLimit[] {
  const list = concurrency === undefined ? [] : Array.isArray(concurrency) ? concurrency : [concurrency];
  const limits: Declared[] = [
    ...(throttle === undefined ? [] : [throttleOf(id, throttle)]),
    // The next one begins when the one before has ended, also one that was cancelled and undoes its steps.
    ...(singleton === undefined || singleton.mode === "skip" ? [] : [singletonOf(id, singleton)]),
    ...list.map((each, index) => concurrencyOf(id, each, index)),
  ];
  return limits.map((limit) => ({ ...limit, gate: limit.key === null ? gateFor(limit, null) : null }));
}

function throttleOf(functionId: string, throttle: Throttle): Declared {
  const { name, limit, period_ms: periodMs, burst = 1, key = null, units = 1 } = throttle;
  return {
    id: hashedUuid("throttle", name === undefined ? "function" : "name", name ?? functionId),
    name: name === undefined ? `throttle of "${functionId}"` : `throttle "${name}"`,
    functionId: name === undefined ? functionId : null,
    kind: "throttle",
    unit: "start",
    count: limit,
    periodMs,
    burst,
    key,
    units,
  };
}

function singletonOf(functionId: string, { key }: Singleton): Declared {
  return {
    id: hashedUuid("singleton", functionId),
    name: `singleton of "${functionId}"`,
    functionId,
    kind: "singleton",
    unit: "run",
    count: 1,
    periodMs: null,
    burst: null,
    key: key ?? null,
    units: 1,
  };
}

function concurrencyOf(functionId: string, limit: Concurrency, index: number): Declared {
  const { key = null, scope = "function", unit = "step" } = limit;
  const isShared = scope === "workspace";
  const shownKey = key === null ? "" : ` by ${typeof key === "string" ? key : key.cel}`;
  return {
    id: isShared
      ? hashedUuid("concurrency", "workspace", JSON.stringify(key))
      : hashedUuid("concurrency", "function", functionId, String(index)),
    name: isShared
      ? `concurrency${shownKey} of the workspace`
      : `concurrency${shownKey} of "${functionId}"${index === 0 ? "" : ` (${index + 1})`}`,
    functionId: isShared ? null : functionId,
    kind: "concurrency",
    unit,
    count: limit.limit,
    periodMs: null,
    burst: null,
    key,
    units: 1,
  };
}

/** The gate of a limit for one value of its key, as JSON; null for one without a key. */
export function gateFor({ id, unit }: Pick<DeclaredLimit, "id" | "unit">, key: string | null): Gate {
  return { id: hashedUuid(id, unit, key ?? ""), limitId: id, unit, key };
}
