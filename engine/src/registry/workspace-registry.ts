import {
  DEV_SECRET,
  type FunctionManifest,
  parseSecret,
  replyKeyOf,
  type SigningKey,
} from "@durable/protocol/wire";
import type { EngineKeys } from "../auth/engine-keys.ts";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { Pause } from "../domain/pause.ts";
import type { Clock } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { openSecret } from "../store/secrets.ts";
import { type DeploymentRow, loadWorkspace, type WorkspaceRow } from "../store/workspace-entries.ts";
import { findWorkspace } from "../store/workspaces.ts";
import { declaredLimits } from "./declared-limits.ts";
import type { FunctionEntry } from "./function-entry.ts";
import { Listeners } from "./listeners.ts";

export interface WorkspaceEndpoint {
  readonly url: string;
  readonly origin: string;
  readonly path: string;
  readonly maxDurationMs: number | null;
  readonly manifestDigest: string;
  readonly deployment: string | null;
  /** What its SDK takes beside level 0. */
  readonly capabilities: ReadonlySet<string>;
  /** What answers at its address now, when it is no longer itself. */
  readonly replacedBy: string | null;
  /** A person wants nothing sent to it any more. */
  readonly isRetired: boolean;
}

/** What the engine knows of a workspace while it works for it. Never changed in place. */
export interface WorkspaceEntry {
  readonly workspaceId: number;
  readonly app: string;
  readonly environment: string;
  /** Of its functions; ingest hands it back so that the database can say "match again". */
  readonly version: number;
  /** People are asked twice before they change something here. */
  readonly isProduction: boolean;
  readonly endpoint: WorkspaceEndpoint | null;
  /** The workspace as runs see it that are kept on another deployment than the newest: all the same but its endpoint. */
  readonly older: ReadonlyMap<string, WorkspaceEntry>;
  /** Of such a one: the workspace with the newest. */
  readonly newest: WorkspaceEntry | null;
  /** Functions whose runs are kept on the deployment they began on, by id. */
  readonly kept: ReadonlyMap<string, "pinned" | "drain">;
  /** Newest first: the first signs, all are sent while they rotate. */
  readonly signingKeys: readonly SigningKey[];
  readonly replyKeys: readonly SigningKey[];
  readonly functions: ReadonlyMap<string, FunctionEntry>;
  /** Who is started by which event. */
  readonly listeners: Pick<Listeners, "of">;
  /** What people have paused, the oldest first. */
  readonly pauses: readonly Pause[];
  /** Apps of the same environment that may invoke functions of this one, with which: ids, with `*`. */
  readonly callers: ReadonlyMap<string, readonly string[]>;
}

/** How long an entry is used without asking: the price of a rotated secret or a moved endpoint noticed late. */
const FRESH_MS = 1000;
/** One that is older than this is waited for: nothing was asked for so long, and much may have been synced meanwhile. */
const STALE_MS_MAX = 5_000;

export interface RegistryParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Open the signing secrets. */
  readonly engineKeys: EngineKeys;
  readonly isDev: boolean;
}

interface Cached {
  readonly entry: WorkspaceEntry;
  readonly loadedAtMs: number;
}

/**
 * Workspaces by id, cached. An old entry is still handed out while a new one is on its way (stale while it
 * revalidates): nothing exact hangs on it, for ingest compares versions in its own commit. What another process synced
 * is known here after 5 s at most; while the database is away, after that.
 */
export class WorkspaceRegistry {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #engineKeys: EngineKeys;
  readonly #isDev: boolean;
  readonly #cached = new Map<number, Cached>();
  readonly #loading = new Map<number, Promise<WorkspaceEntry>>();
  /** Ids are never given up. Only apps that are there are remembered, so this grows no further than they do. */
  readonly #ids = new Map<string, number>();

  constructor({ database, clock, engineKeys, isDev }: RegistryParts) {
    this.#database = database;
    this.#clock = clock;
    this.#engineKeys = engineKeys;
    this.#isDev = isDev;
  }

  /** Rejects for an unknown id: ids come from rows, so that is a fault of ours. */
  of(workspaceId: number): Promise<WorkspaceEntry> {
    const cached = this.#cached.get(workspaceId);
    if (cached === undefined) return this.#load(workspaceId);
    const ageMs = this.#clock.monotonicMs() - cached.loadedAtMs;
    if (ageMs <= FRESH_MS) return Promise.resolve(cached.entry);
    const loaded = this.#load(workspaceId).catch(() => cached.entry);
    return ageMs > STALE_MS_MAX ? loaded : Promise.resolve(cached.entry);
  }

  /** The entry if one is at hand: the hot path asks this first and saves itself a promise. */
  peek(workspaceId: number): WorkspaceEntry | null {
    const cached = this.#cached.get(workspaceId);
    return cached === undefined || this.#clock.monotonicMs() - cached.loadedAtMs > FRESH_MS
      ? null
      : cached.entry;
  }

  /** Null: there is no such app. */
  async named(app: string, environment: string): Promise<WorkspaceEntry | null> {
    const name = `${app}/${environment}`;
    const id = this.#ids.get(name) ?? (await findWorkspace(this.#database, app, environment));
    if (id === null) return null;
    this.#ids.set(name, id);
    return this.of(id);
  }

  forget(workspaceId: number): void {
    this.#cached.delete(workspaceId);
    this.#loading.delete(workspaceId);
  }

  #load(workspaceId: number): Promise<WorkspaceEntry> {
    const loading = this.#loading.get(workspaceId);
    if (loading !== undefined) return loading;
    const startedAtMs = this.#clock.monotonicMs();
    const promise = loadWorkspace(this.#database, workspaceId)
      .then((row) => {
        if (row === null) throw new Error(`workspace ${workspaceId} does not exist`);
        const secrets = row.secrets.map((sealed) => openSecret(this.#engineKeys, workspaceId, sealed));
        const entry = toEntry(workspaceId, { ...row, secrets }, this.#isDev);
        if (this.#loading.get(workspaceId) === promise) {
          this.#cached.set(workspaceId, { entry, loadedAtMs: startedAtMs });
        }
        return entry;
      })
      .finally(() => {
        if (this.#loading.get(workspaceId) === promise) this.#loading.delete(workspaceId);
      });
    this.#loading.set(workspaceId, promise);
    return promise;
  }
}

function toEntry(workspaceId: number, row: WorkspaceRow, isDev: boolean): WorkspaceEntry {
  // In dev everything is signed too, with the secret both sides know: one code path.
  const secrets = row.secrets.length > 0 ? row.secrets : isDev ? [DEV_SECRET] : [];
  const signingKeys = secrets.map(parseSecret);
  const functions = new Map(row.functions.map((fn) => [fn.id, toFunction(fn)]));
  const entry: Omit<WorkspaceEntry, "older" | "newest"> = {
    workspaceId,
    app: row.app,
    environment: row.environment,
    version: row.registryVersion,
    isProduction: row.isProduction,
    endpoint:
      row.endpointUrl === null
        ? null
        : {
            ...addressOf(row.endpointUrl),
            maxDurationMs: row.maxDurationMs,
            manifestDigest: row.manifestDigest ?? "",
            deployment: row.deployment,
            capabilities: new Set(row.capabilities),
            replacedBy: null,
            isRetired: false,
          },
    kept: new Map(row.kept.map(({ id, version }) => [id, version])),
    signingKeys,
    replyKeys: signingKeys.map(replyKeyOf),
    functions,
    listeners: new Listeners(functions.values()),
    pauses: row.pauses,
    callers: new Map(row.callers.map(({ app, functions: allowed }) => [app, allowed])),
  };
  const newest: WorkspaceEntry = { ...entry, older: new Map(), newest: null };
  const others = row.deployments.filter(({ name }) => name !== row.deployment);
  const older = others.map((each) => [each.name, { ...newest, endpoint: toOlder(each), newest }] as const);
  return { ...newest, older: new Map(older) };
}

function toOlder(row: DeploymentRow): WorkspaceEndpoint {
  return {
    ...addressOf(row.url),
    maxDurationMs: row.max_duration_ms,
    manifestDigest: row.manifest_digest,
    deployment: row.name,
    capabilities: new Set(row.capabilities),
    replacedBy: row.replaced_by,
    isRetired: row.is_retired,
  };
}

function addressOf(text: string): Pick<WorkspaceEndpoint, "url" | "origin" | "path"> {
  const url = new URL(text);
  return { url: url.href, origin: url.origin, path: url.pathname + url.search };
}

function toFunction(fn: WorkspaceRow["functions"][number]): FunctionEntry {
  const manifest = JSON.parse(fn.manifest) as FunctionManifest;
  return {
    id: fn.id,
    version: fn.version,
    manifest,
    retry: { ...DEFAULT_RETRY, ...manifest.retry },
    input: manifest.input === undefined ? null : JSON.stringify(manifest.input),
    limits: declaredLimits(manifest),
  };
}
