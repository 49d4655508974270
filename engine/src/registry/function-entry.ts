import type { FunctionManifest, RetryPolicy } from "@durable/protocol/wire";
import type { DeclaredLimit } from "./declared-limits.ts";

export interface FunctionEntry {
  readonly id: string;
  readonly version: number;
  readonly manifest: FunctionManifest;
  readonly retry: RetryPolicy;
  /** JSON Schema of what it takes, as text; null: anything. */
  readonly input: string | null;
  /** What holds its runs back before they are leased, in the order in which it is passed. */
  readonly limits: readonly DeclaredLimit[];
}
