import type { FunctionManifest } from "@durable/protocol/wire";
import { toEventRow } from "../../engine/src/ingest/event-row.ts";
import { type DeclaredLimit, declaredLimits } from "../../engine/src/registry/declared-limits.ts";
import type { FunctionEntry } from "../../engine/src/registry/function-entry.ts";
import { Listeners } from "../../engine/src/registry/listeners.ts";
import type { WorkspaceEntry } from "../../engine/src/registry/workspace-registry.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { cancelCascades } from "../../engine/src/store/children.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { type EventRow, EventRows } from "../../engine/src/store/event-rows.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import type { Stage } from "../concurrency/stage.ts";

export interface Sent {
  /** The name of its function. */
  readonly to: string;
  readonly id: string;
  /** JSON text. */
  readonly data: string;
  readonly atMs?: number | undefined;
}

/** What became of events and runs, by the ids that senders gave. */
export interface Became {
  readonly runs: readonly {
    readonly id: string;
    readonly status: string;
    readonly begin_ms: number | null;
    readonly cause: string;
    readonly events: readonly string[];
  }[];
  readonly skips: readonly { readonly event: string; readonly reason: string; readonly run: string | null }[];
}

/** Functions with shapes, and events for them, on a stage: matched as ingest does it, accepted by its one statement. */
export class ShapesOnStage {
  readonly #stage: Stage;
  readonly #epochMs: () => number;
  #functions: readonly FunctionEntry[] = [];
  #ids = 0;

  /** @param epochMs The clock that ids are made with. */
  constructor(stage: Stage, epochMs: () => number) {
    this.#stage = stage;
    this.#epochMs = epochMs;
  }

  /** Answers the limits that gates keep. */
  async declare(manifests: readonly FunctionManifest[]): Promise<readonly DeclaredLimit[]> {
    this.#functions = manifests.map((manifest) => ({
      id: manifest.id,
      version: 1,
      manifest,
      retry: { max: 1, backoff: "constant", base_ms: 1, factor: 1, max_ms: 1, jitter: false },
      input: null,
      limits: declaredLimits(manifest),
    })) as readonly FunctionEntry[];
    const limits = this.#functions.flatMap((fn) => fn.limits);
    const { sql } = this.#stage.database;
    await sql`insert into durable.functions (workspace_id, id, version, manifest, synced_at)
      select ${this.#stage.workspaceId}, id, 1, manifest, durable.durable_now()
      from unnest(${manifests.map(({ id }) => id)}::text[], ${manifests.map((manifest) => JSON.stringify(manifest))}::text[]) as f(id, manifest)
      on conflict (workspace_id, id) do update set manifest = excluded.manifest`;
    await sql`insert into durable.function_versions (workspace_id, function_id, version, manifest, created_at)
      select workspace_id, id, 1, manifest, '-infinity' from durable.functions where workspace_id = ${this.#stage.workspaceId}
      on conflict do nothing`;
    await sql`select durable.declare_limits(${this.#stage.workspaceId},
      ${limits.map(({ id }) => id)}::uuid[], ${limits.map(({ name }) => name)}::text[],
      ${limits.map(({ functionId }) => functionId)}::text[], ${limits.map(({ kind }) => kind)}::text[],
      ${limits.map(({ count }) => count)}::int[], ${limits.map(({ periodMs }) => periodMs)}::float8[],
      ${limits.map(({ burst }) => burst)}::int[])`;
    return limits;
  }

  /** All in one commit. */
  async send(sent: readonly Sent[], database: Database = this.#stage.database): Promise<readonly EventRow[]> {
    const rows = new EventRows();
    const added = sent.map((each) => {
      const event = {
        clientId: each.id,
        name: each.to,
        data: each.data,
        timeMs: null,
        begin: each.atMs === undefined ? undefined : ({ cause: "delay", atMs: each.atMs } as const),
      };
      const row = toEventRow(this.#ports(), this.workspace, event, () => null);
      rows.add(row, 1, 0);
      return row;
    });
    await insertEvents(database, this.#stage.engineId, rows);
    return added;
  }

  /** What is due happens, and who shall be cancelled is. */
  async settle(): Promise<void> {
    const { left } = this.#stage;
    while ((await fireTimers(left, 500)).fired > 0) {
      const [notes] = await left.sql<{ timers: number }[]>`
        select count(*)::int as timers from durable.timers where due_at <= durable.durable_now()`;
      if (notes!.timers === 0) break;
    }
    while ((await cancelCascades(left, 500)) > 0);
  }

  async became(): Promise<Became> {
    const { database, workspaceId } = this.#stage;
    const runs = await database.sql<Became["runs"][number][]>`
      select r.id, coalesce(r.status, l.status) as status, e.client_id as cause,
        (select extract(epoch from t.due_at)::float8 * 1000 from durable.timers t where t.run_id = r.id and t.kind = 'begin') as begin_ms,
        coalesce((select array_agg(o.client_id order by c.no) from durable.collected_events c
          join durable.events o on o.workspace_id = c.workspace_id and o.id = c.event_id
          where c.workspace_id = r.workspace_id and c.run_id = r.id), array[e.client_id]) as events
      from durable.runs r
      join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
      left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
      where r.workspace_id = ${workspaceId} order by r.id`;
    const skips = await database.sql<Became["skips"][number][]>`
      select e.client_id as event, s.reason, s.run_id as run from durable.skips s
      join durable.events e on e.workspace_id = s.workspace_id and e.id = s.event_id
      where s.workspace_id = ${workspaceId} order by e.client_id, s.id`;
    return { runs, skips };
  }

  /** As ingest knows it. */
  get workspace(): WorkspaceEntry {
    const listeners = new Listeners(this.#functions);
    const functions = new Map(this.#functions.map((fn) => [fn.id, fn]));
    return {
      workspaceId: this.#stage.workspaceId,
      version: 0,
      pauses: [],
      functions,
      listeners,
    } as Partial<WorkspaceEntry> as WorkspaceEntry;
  }

  /** Ids in the order in which they were made. */
  #ports() {
    const bytes = () => {
      this.#ids += 1;
      const counted = new Uint8Array(8);
      new DataView(counted.buffer).setUint32(1, this.#ids);
      return counted;
    };
    const clock = { epochMs: this.#epochMs, monotonicMs: () => 0, epochOf: (ms: number) => ms };
    return { clock, random: { bytes, uuid: () => "", float: () => 0 } };
  }
}
