import type { AppClient } from "../endpoint/app-client.ts";
import { askRoute } from "../endpoint/inspect-app.ts";
import type { EndpointHealth } from "../execution/endpoint-health.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { NextRound } from "../runtime/loop.ts";
import { type Circuit, endProbe, listCircuits, releaseParked, takeProbe } from "../store/circuits.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface CircuitLoopOptions extends PollingOptions {
  readonly registry: WorkspaceRegistry;
  readonly appClient: AppClient;
  readonly health: EndpointHealth;
  /** The longest pause between two probes. */
  readonly probeMsMax: number;
  /** Jobs may run that could not before. */
  readonly released: () => void;
}

const RELEASE_MAX = 1_000;

/**
 * Keeps this process's copy of the circuits, and works on those that stand in the database: one probe at a time for an
 * open one, from whichever engine gets the right to it, and the way back into `ready` for what waited on a closed one.
 */
export class CircuitLoop extends PollingService<CircuitLoopOptions> {
  readonly #probes = new Set<Promise<void>>();

  constructor(options: CircuitLoopOptions) {
    super(options, { name: "circuit-loop", failed: "reading the circuits failed" });
  }

  override async stop(): Promise<void> {
    await super.stop();
    await Promise.all(this.#probes);
  }

  protected async round(): Promise<NextRound> {
    const { database, health, pollMs, released } = this.options;
    const circuits = await listCircuits(database);
    if (health.apply(circuits)) released();
    let isAgain = false;
    let inMs = pollMs;
    for (const { workspaceId, state, pauseMs } of circuits) {
      if (state === "closing") {
        const count = await releaseParked(database, workspaceId, RELEASE_MAX);
        if (count > 0) released();
        isAgain ||= count > 0;
      } else if (pauseMs > 0) {
        inMs = Math.min(inMs, pauseMs + 1);
      } else if (state === "open") {
        this.#probe({ workspaceId });
      } else {
        released();
      }
    }
    return isAgain ? "again" : { inMs };
  }

  #probe({ workspaceId }: Pick<Circuit, "workspaceId">): void {
    const { database, log, probeMsMax, registry } = this.options;
    const probe = (async () => {
      if (!(await takeProbe(database, workspaceId, probeMsMax))) return;
      registry.forget(workspaceId);
      const { app, endpoint, environment, signingKeys, replyKeys } = await registry.of(workspaceId);
      const flaw =
        endpoint === null
          ? { detail: "This workspace has no endpoint. Sync the app." }
          : await askRoute(this.options, { app, endpoint, signingKeys, replyKeys });
      await endProbe(database, workspaceId, flaw?.detail ?? null);
      if (flaw === null) log.info({ app, environment }, "an endpoint answers again; its runs go on");
      this.loop.kick();
    })().catch((error: unknown) => log.warn({ err: error, workspaceId }, "a probe failed; another follows"));
    this.#probes.add(probe);
    void probe.finally(() => this.#probes.delete(probe));
  }
}
