import type { Logger } from "pino";
import type { EngineKeys } from "../auth/engine-keys.ts";
import type { AppClient } from "../endpoint/app-client.ts";
import type { EgressGuard } from "../endpoint/egress-guard.ts";
import type { FetchClient } from "../endpoint/fetch-client.ts";
import type { Checkpoints } from "../execution/checkpoints.ts";
import type { EventAcceptor } from "../ingest/accept-events.ts";
import type { EngineEvents } from "../observability/engine-events.ts";
import type { Family } from "../observability/exposition.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { DirectLine } from "../runs/direct-line.ts";
import type { EndedRuns } from "../runs/ended-runs.ts";
import type { RunResults } from "../runs/run-results.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import type { Streams } from "../streams/streams.ts";
import type { KnownKeys } from "./middleware/known-keys.ts";
import type { WorkspaceIds } from "./workspace-ids.ts";

/** What the HTTP edge is made of. */
export interface HttpParts extends Ports {
  readonly config: {
    readonly mode: "dev" | "production";
    /** 127.0.0.1 unless an operator says otherwise. */
    readonly host: string;
    /** 0 takes a free one. */
    readonly port: number;
    /** Null: nobody is admin. */
    readonly adminToken: string | null;
    /** Reads `/metrics` and nothing else. Null: nobody has one. */
    readonly metricsToken?: string | null;
  };
  readonly engineKeys: EngineKeys;
  /** A pool of its own, with a statement timeout: a slow page must not hold up the queue. */
  readonly database: Database;
  readonly log: Logger;
  readonly events: Pick<EngineEvents, "on" | "emit">;
  readonly acceptEvents: Pick<EventAcceptor, "accept">;
  readonly checkpoints: Pick<Checkpoints, "take">;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
  readonly appClient: AppClient;
  readonly egress: EgressGuard;
  /** Sends tests of webhooks. */
  readonly webhookClient: Pick<FetchClient, "call">;
  /** An action has made a run ready. */
  readonly jobReady: () => void;
  /** A bulk has items to be done. */
  readonly bulkReady: () => void;
  /** Something is to be erased. */
  readonly eraseReady: () => void;
  /** A workspace keeps what is over for another time. */
  readonly retentionChanged: () => void;
  /** Whether this process is executing the run at the moment. */
  readonly isHeld: (workspaceId: number, runId: string) => boolean;
  /** Whether this app's endpoint is known not to answer: nothing but probes is sent to it. */
  readonly isDown: (workspaceId: number) => boolean;
  /** What this process says of itself in `/metrics`. */
  readonly processMetrics: () => readonly Family[];
  /** Whether this process may act on its leases; without it `/readyz` looks at the database alone. */
  readonly authority?: { mayAct(): boolean };
  readonly limits?: Partial<ServerLimits>;
}

/** What the route groups are given beside the parts of the engine. */
export interface RouteParts extends HttpParts {
  readonly workspaceIds: WorkspaceIds;
  readonly knownKeys: KnownKeys;
  readonly endedRuns: EndedRuns;
  readonly runResults: RunResults;
  readonly directLine: DirectLine;
  readonly streams: Streams;
}

export interface ServerLimits {
  /** For the request line and all headers. */
  readonly headersTimeoutMs: number;
  /** For the whole request. What the answer takes is not limited by it: a long poll is an answer. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly headerBytesMax: number;
  readonly urlCharactersMax: number;
  /** Between two beats of a stream. */
  readonly beatEveryMs: number;
  /** What a stop waits for requests in flight before it closes their connections. */
  readonly drainMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 60_000,
  headerBytesMax: 16 * 1024,
  urlCharactersMax: 8 * 1024,
  beatEveryMs: 15_000,
  drainMs: 10_000,
};
