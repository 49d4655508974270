import { createHash } from "node:crypto";
import type { Concurrency, FunctionManifest, LimitKey, Throttle } from "@durable/protocol/wire";
import type { Gate } from "../domain/gates.ts";

/** A limit that acts before a job is leased, as a function declares it. */
export interface DeclaredLimit {
  /** Lasts from sync to sync: what it counts, or its key, may change and it is the same limit. */
  readonly id: string;
  /** As people read it. */
  readonly name: string;
  /** Null: several functions share it. */
  readonly functionId: string | null;
  readonly kind: "concurrency" | "throttle";
  readonly unit: Gate["unit"];
  readonly count: number;
  readonly periodMs: number | null;
  readonly burst: number | null;
  readonly key: LimitKey | null;
  /** Of a throttle: what one start costs. */
  readonly units: NonNullable<Throttle["units"]>;
}

/** @returns in the order in which a job passes them. */
export function declaredLimits({ id, concurrency, throttle }: FunctionManifest): DeclaredLimit[] {
  const list = concurrency === undefined ? [] : Array.isArray(concurrency) ? concurrency : [concurrency];
  return [
    ...(throttle === undefined ? [] : [throttleOf(id, throttle)]),
    ...list.map((each, index) => concurrencyOf(id, each, index)),
  ];
}

function throttleOf(functionId: string, throttle: Throttle): DeclaredLimit {
  const { name, limit, period_ms: periodMs, burst = 1, key = null, units = 1 } = throttle;
  return {
    id: uuidOf("throttle", name === undefined ? "function" : "name", name ?? functionId),
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

function concurrencyOf(functionId: string, limit: Concurrency, index: number): DeclaredLimit {
  const { key = null, scope = "function", unit = "step" } = limit;
  const isShared = scope === "workspace";
  const shownKey = key === null ? "" : ` by ${typeof key === "string" ? key : key.cel}`;
  return {
    id: isShared
      ? uuidOf("concurrency", "workspace", JSON.stringify(key))
      : uuidOf("concurrency", "function", functionId, String(index)),
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

/** The gate of a limit for one value of its key, as JSON. */
export function gateOf({ id, unit }: DeclaredLimit, key: string | null): Gate {
  return { id: uuidOf(id, unit, key ?? ""), limitId: id, unit, key };
}

/** The first 128 bits of SHA-256 over the parts. */
function uuidOf(...parts: readonly string[]): string {
  const hex = createHash("sha256").update(parts.join("\u001f")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
