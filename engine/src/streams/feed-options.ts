import type { Clock } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";

/** One workspace, and where it is read. */
export interface FeedOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly workspace: { readonly id: number; readonly app: string; readonly environment: string };
}
