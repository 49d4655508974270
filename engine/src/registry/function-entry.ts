import type { FunctionManifest, RetryPolicy } from "@durable/protocol/wire";

export interface FunctionEntry {
  readonly id: string;
  readonly version: number;
  readonly manifest: FunctionManifest;
  readonly retry: RetryPolicy;
  /** JSON Schema of what it takes, as text; null: anything. */
  readonly input: string | null;
}
