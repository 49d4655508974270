// Free slots -> claim a batch of leases -> execute. One claim is in flight per process. It claims when something
// may be ready (a hint, a slot that became free after a full claim) and every poll interval, which is the truth.
//
//   idle ----hint or poll----> claiming --as many as asked--> backlogged: claim again as slots become free
//    ^                            |                            |
//    +--------fewer than asked----+<---fewer than asked--------+
//
// A run born leased at ingest skips the queue: its slot was reserved before its commit.

import type { Logger } from "pino";
import type { EndpointHealth } from "../execution/endpoint-health.ts";
import { executeRun } from "../execution/execute-run.ts";
import { executeTask } from "../execution/execute-task.ts";
import type { ExecutionParts } from "../execution/execution-parts.ts";
import type { HeldRun, HeldTask } from "../execution/held-run.ts";
import type { LeaseAuthority } from "../execution/lease-authority.ts";
import type { Birth, Births } from "../ingest/accept-events.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import { Loop, type NextRound } from "../runtime/loop.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Service } from "../runtime/service.ts";
import type { Database } from "../store/database.ts";
import type { EngineLoad } from "../store/engines.ts";
import { loadJournals, loadRunHeads } from "../store/journals.ts";
import { claimLeases, claimParked, isAnyReady, type Lease, leaseKey } from "../store/leases.ts";
import { heldOfBirth, heldOfLease } from "./begin-holding.ts";
import { HeldLeases } from "./held-leases.ts";
import type { Slots } from "./slots.ts";

export interface DispatcherOptions extends Ports {
  readonly database: Database;
  readonly authority: LeaseAuthority;
  readonly slots: Slots;
  readonly pollMs: number;
  readonly log: Logger;
  readonly execution: ExecutionParts;
  readonly health: EndpointHealth;
  readonly giveUpDispatches: () => void;
  /** There is work this process has no slot for. */
  readonly tellOthers: () => void;
  /** Leases may be ours that we do not know of. */
  readonly suspectLeases: () => void;
}

const CLAIM_MAX = 128;
/** Below the 30 s that process managers usually grant between SIGTERM and SIGKILL. */
const DRAIN_MS = 20_000;
/** While slots are capped, those that become free are filled together: a claim of one costs as much as one of sixteen. */
const CLAIM_EVERY_MS = 50;
/** While no slot is free, whether anybody waits is asked no more often than that. */
const LOOK_EVERY_MS = 100;
/** How long a run keeps its lease while other jobs wait for a slot: less would be more claims and replays than steps. */
const KEEP_WHILE_SLOTS_ARE_FULL_MS = 500;
/** While others are known to wait at its gates. */
const KEEP_WHILE_CONTENDED_MS = 100;
/** And while others may have come to them since: a lease does not hear of them. */
const KEEP_AT_A_GATE_MS = 1_000;

/** A row is had for one commit of somebody else; who has it long is looked at ever more seldom. */
const LOCKED_MS = 2;

export class Dispatcher implements Service, Births {
  readonly name = "dispatcher";
  readonly #options: DispatcherOptions;
  readonly #loop: Loop;
  readonly #held = new HeldLeases();
  /** Leases that were taken while the run's last one is still held here; each has its slot. */
  readonly #successors = new Map<string, Lease>();
  #claims = 0;
  #claimedAtMs = Number.NEGATIVE_INFINITY;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #isClaiming = false;
  /** Slots that the claim under way has reserved. */
  #asked = 0;
  #backlogged = false;
  /** Claims that left jobs behind because somebody else had their rows. */
  #lockedInRow = 0;
  #draining = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#loop = new Loop({
      name: this.name,
      pauseMs: options.pollMs,
      timers: options.timers,
      random: options.random,
      round: () => this.#round(),
      onError: (error) => options.log.warn({ err: error }, "claiming failed; it is tried again"),
    });
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  /**
   * No new leases; returns when every run in flight has been committed and let go. Answers that take longer than
   * the drain may are given up: their runs are queued for another engine.
   */
  async stop(): Promise<void> {
    this.#draining = true;
    await this.#loop.stop();
    const cancel = this.#options.timers.after(DRAIN_MS, this.#options.giveUpDispatches);
    await this.#options.slots.idle();
    cancel();
  }

  /** Something may be ready. */
  kick(): void {
    if (this.#draining || this.#options.slots.free === 0) this.#options.tellOthers();
    this.#loop.kick();
  }

  /** Another process says so. */
  heard(): void {
    this.#loop.kick();
  }

  /** The lease of this fence is gone: its call is ended, so that its slot is free for what comes next. */
  hangUp(key: string, fence: string): void {
    const held = this.#held.of(key);
    if (held?.fence !== fence) return;
    held.isGone = true;
    held.line.hangUp?.("The engine hung up: the run was ended while its app was being called.");
  }

  /** Runs this process believes to hold, by id. */
  get held(): ReadonlyMap<string, HeldRun> {
    return this.#held.runs;
  }

  /** Without those that a claim under way has reserved: most of them come back from it. */
  get load(): EngineLoad {
    return { slotsUsed: this.#options.slots.used - this.#asked, leases: this.#held.count };
  }

  /** Whether the run or the task is held here, or somebody here is about to hold it. */
  knows(key: string): boolean {
    return this.#held.knows(key);
  }

  /** The number of the claim under way, whose leases nobody here knows yet; null when there is none. */
  get claimUnderWay(): number | null {
    return this.#isClaiming ? this.#claims : null;
  }

  expect(keys: readonly string[]): () => void {
    return this.#held.expect(keys);
  }

  /** The lease should go back although its run could go on. */
  shouldYield(run: HeldRun): boolean {
    if (this.#draining || this.#options.health.isOverLimit(run.workspaceId)) return true;
    const heldMs = this.#options.clock.monotonicMs() - run.leasedAtMs;
    if (run.gates === "step" && heldMs > KEEP_AT_A_GATE_MS) return true;
    if (run.gates === "contended" && heldMs > KEEP_WHILE_CONTENDED_MS) return true;
    return this.#backlogged && heldMs > KEEP_WHILE_SLOTS_ARE_FULL_MS;
  }

  reserve(wanted: number): number {
    // What waits in ready was there first; and a process that may not act must not take on more.
    if (this.#draining || this.#backlogged || !this.#mayAct()) return 0;
    return this.#options.slots.take(wanted);
  }

  isHeldBack(workspaceId: number): boolean {
    return this.#options.health.isHeldBack(workspaceId);
  }

  giveBack(count: number): void {
    this.#options.slots.give(count);
  }

  startBorn(births: readonly Birth[]): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const birth of births) this.#execute(heldOfBirth(birth, nowMs));
  }

  /** Executes leases that are this engine's already; each takes a slot that the caller has taken. */
  async adopt(leases: readonly Lease[]): Promise<void> {
    const { clock, database } = this.#options;
    const fresh = leases.filter((lease) => !this.knows(leaseKey(lease)));
    if (fresh.length < leases.length) this.#adoptLater(leases.filter((lease) => this.knows(leaseKey(lease))));
    if (fresh.length === 0) return;
    const expected = this.expect(fresh.map(leaseKey));
    // Tasks of one run share what is loaded of it.
    const runs = [...new Map(fresh.map((lease) => [lease.runId, lease])).values()];
    const leasedAtMs = clock.monotonicMs();
    let heads: Awaited<ReturnType<typeof loadRunHeads>>;
    let journals: Awaited<ReturnType<typeof loadJournals>>;
    try {
      [heads, journals] = await Promise.all([loadRunHeads(database, runs), loadJournals(database, runs)]);
    } catch (error) {
      // The leases stay ours; the reconciler finds them again.
      this.#options.slots.give(fresh.length);
      this.#options.suspectLeases();
      throw error;
    } finally {
      expected();
    }
    for (const lease of fresh) {
      const { runId } = lease;
      const loaded = { head: heads.get(runId), journal: journals.get(runId)! };
      const held = heldOfLease(lease, loaded, clock, leasedAtMs);
      if (held === null) this.#options.slots.give(1);
      else this.#execute(held);
    }
  }

  /** Their last holder here has not heard yet that it let them go: they are taken up when it has. */
  #adoptLater(leases: readonly Lease[]): void {
    for (const lease of leases) {
      const key = leaseKey(lease);
      const last = this.#held.of(key);
      if (last === undefined) {
        // It is about to be held: when that is over, this lease is nobody's.
        this.#options.slots.give(1);
        this.#options.suspectLeases();
        continue;
      }
      if (last.fence === lease.fence) {
        // It is this very lease, which somebody else has found meanwhile.
        this.#options.slots.give(1);
        continue;
      }
      if (this.#successors.has(key)) this.#options.slots.give(1);
      this.#successors.set(key, lease);
      this.hangUp(key, last.fence);
    }
  }

  async #round(): Promise<NextRound> {
    const { authority, clock, database, pollMs, slots } = this.#options;
    if (this.#draining || !this.#mayAct()) return "later";
    if (slots.free === 0) return this.#lookWhoWaits();
    const nowMs = clock.monotonicMs();
    const tooSoonMs = slots.isCapped ? this.#claimedAtMs + CLAIM_EVERY_MS - nowMs : 0;
    if (tooSoonMs > 0) return { inMs: tooSoonMs };
    this.#claimedAtMs = nowMs;
    const wanted = slots.take(CLAIM_MAX);
    this.#asked = wanted;
    this.#claims += 1;
    this.#isClaiming = true;
    let didPark = false;
    let metLocked = false;
    const parked = () => {
      didPark = true;
    };
    const locked = () => {
      metLocked = true;
    };
    try {
      const leases: Lease[] = [];
      try {
        leases.push(...(await this.#claimAdmitted(wanted, parked)));
        const limit = wanted - leases.length;
        leases.push(...(await claimLeases(database, authority.engineId(), limit, parked, locked)));
      } catch (error) {
        this.#asked = 0;
        slots.give(wanted);
        this.#options.suspectLeases();
        throw error;
      }
      await faultPoint("claim.after");
      this.#asked = 0;
      slots.give(wanted - leases.length);
      this.#backlogged = leases.length === wanted;
      if (leases.length > 0) await this.adopt(leases);
    } finally {
      this.#isClaiming = false;
    }
    this.#lockedInRow = metLocked ? this.#lockedInRow + 1 : 0;
    if ((this.#backlogged || didPark) && slots.free > 0) return "again";
    return metLocked ? { inMs: Math.min(LOCKED_MS * 2 ** this.#lockedInRow, pollMs) } : "later";
  }

  /** Nobody can be let in. Those inside give way after a while, if there is anybody to give way to. */
  async #lookWhoWaits(): Promise<NextRound> {
    const { clock, database } = this.#options;
    const soonMs = this.#lookedAtMs + LOOK_EVERY_MS - clock.monotonicMs();
    if (soonMs > 0) return { inMs: soonMs };
    this.#lookedAtMs = clock.monotonicMs();
    this.#backlogged = await isAnyReady(database);
    return "later";
  }

  /** Parked jobs of limited endpoints, as many as each bears. */
  async #claimAdmitted(wanted: number, parked: () => void): Promise<Lease[]> {
    const { authority, database, health } = this.#options;
    const leases: Lease[] = [];
    for (const { workspaceId, count } of health.admissions((id) => this.#held.countOf(id))) {
      const asked = Math.min(count, wanted - leases.length);
      if (asked <= 0) break;
      const admitted = await claimParked(database, authority.engineId(), workspaceId, asked, parked);
      leases.push(...admitted);
      if (admitted.length < asked) await health.nobodyWaits(workspaceId);
    }
    return leases;
  }

  #mayAct(): boolean {
    const { authority } = this.#options;
    return authority.mayAct(authority.engineId());
  }

  #execute(held: HeldRun | HeldTask): void {
    const { execution } = this.#options;
    const { runId } = held.head;
    const key = leaseKey({ runId, stepId: held.stepId });
    const executed = held.stepId === null ? executeRun(execution, held) : executeTask(execution, held);
    const letGo = this.#held.add(held);
    executed
      .catch((error: unknown) => {
        this.#options.log.error({ err: error, runId }, "an execution broke off; its lease is taken up again");
        this.#options.suspectLeases();
      })
      .finally(() => {
        letGo();
        this.#options.slots.give(1);
        const successor = this.#successors.get(key);
        if (successor !== undefined) {
          this.#successors.delete(key);
          this.adopt([successor]).catch((error: unknown) =>
            this.#options.log.warn(
              { err: error, runId },
              "a lease could not be loaded; it is taken up again",
            ),
          );
        }
        if (this.#backlogged || held.gates !== null || this.isHeldBack(held.workspaceId)) this.#loop.kick();
      });
  }
}
