import type { Logger } from "pino";
import type { Outcome } from "../domain/outcome.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { AppClient } from "../endpoint/app-client.ts";
import type { FetchClient } from "../endpoint/fetch-client.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import type { CommitItem, CommitResult } from "../store/commit-item.ts";
import type { Database } from "../store/database.ts";
import type { TaskCommitItem, TaskCommitResult } from "../store/task-outcomes.ts";
import type { Committer } from "./committer.ts";
import type { EndpointHealth } from "./endpoint-health.ts";
import type { CommittedRun, HeldRun } from "./held-run.ts";
import type { TargetParts } from "./known-targets.ts";
import type { LeaseAuthority } from "./lease-authority.ts";
import type { StreamTrust } from "./stream-trust.ts";

/** What whoever executes leases works with. */
export interface ExecutionParts extends Ports, TargetParts {
  readonly database: Database;
  readonly registry: WorkspaceRegistry;
  readonly appClient: AppClient;
  readonly health: EndpointHealth;
  readonly fetchClient: FetchClient;
  readonly committer: Committer<CommitItem, CommitResult>;
  readonly taskCommitter: Committer<TaskCommitItem, TaskCommitResult>;
  readonly authority: LeaseAuthority;
  readonly streams: StreamTrust;
  readonly log: Logger;
  /** True when the lease should go back although the run could go on: others wait, or the process stops. */
  shouldYield(run: HeldRun): boolean;
  /** The app says that its functions are others than those we read. */
  manifestChanged(workspaceId: number): void;
  /** Told after each applied commit: ends, waits to look back for, timers to fire, jobs that became ready. */
  committed(run: CommittedRun, outcome: Outcome): void;
  /** The same of a task's: its run may have become ready, its retry has a timer. */
  taskCommitted(outcome: TaskOutcome): void;
  /** Leases may be ours that nobody here works for. */
  suspectLeases(): void;
}
