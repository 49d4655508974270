import { setTimeout as sleep } from "node:timers/promises";
import { Child, type Command } from "./child.ts";
import type { Findings } from "./findings.ts";
import type { Random } from "./random.ts";
import { within } from "./within.ts";

export interface SlotOptions {
  readonly name: string;
  readonly command: Command;
  readonly logFile: string;
  /** Asked at each start. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly isReady: (line: string) => boolean;
  readonly onLine?: (line: string) => void;
  readonly onKilled: () => void;
  readonly onDrained?: () => void;
  /** Whether it may fail to start at this moment: what it needs is away. */
  readonly mayFailToStart: () => boolean;
  readonly findings: Findings;
  readonly random: Random;
}

const DOWN_MS_MAX = 1_200;
/** Longer than an engine gives its requests and its dispatches to end. */
const LEAVE_MS_MAX = 45_000;

/** A place where a process of one kind runs; whatever ends it, another one is started there a little later. */
export class ProcessSlot {
  readonly name: string;
  readonly #options: SlotOptions;
  #child: Child | null = null;
  #isReady = false;
  #isStopped = false;
  #toldToEnd = false;
  #closed = false;
  #loop: Promise<void> | null = null;
  #ready: (() => void)[] = [];

  constructor(options: SlotOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Ready and not stopped by a signal. */
  get isUp(): boolean {
    return this.#isReady && !this.#isStopped;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Resolves when a process is ready here, for the first time or again. */
  start(): Promise<void> {
    this.#loop ??= this.#run();
    return this.untilReady();
  }

  untilReady(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((resolve) => this.#ready.push(resolve));
  }

  kill(): void {
    this.#child?.signal("SIGKILL");
  }

  pause(): void {
    this.#isStopped = true;
    this.#child?.signal("SIGSTOP");
  }

  /** Told that the process has stopped itself. */
  noteStopped(): void {
    this.#isStopped = true;
  }

  resume(): void {
    this.#isStopped = false;
    this.#child?.signal("SIGCONT");
  }

  /** SIGTERM: it shall finish what is under way and leave with 0. One that never does is told of, and killed. */
  async drain(leaveMsMax = LEAVE_MS_MAX): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#toldToEnd = true;
    child.signal("SIGTERM");
    if (await within(leaveMsMax, child.exited)) return;
    const { name, findings } = this.#options;
    findings.add(`${name} was told to drain and was still there after ${leaveMsMax / 1_000} s`);
    child.signal("SIGKILL");
    await child.exited;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.kill();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { random } = this.#options;
    while (!this.#closed) {
      await this.#live();
      if (!this.#closed) await sleep(random.int(0, DOWN_MS_MAX));
    }
  }

  async #live(): Promise<void> {
    const { name, command, logFile, env, findings, isReady, onLine } = this.#options;
    this.#toldToEnd = false;
    let last = "";
    this.#child = new Child({
      command,
      env: env(),
      logFile,
      onLine: (line) => {
        last = line;
        if (!this.#isReady && isReady(line)) this.#becomeReady();
        onLine?.(line);
      },
    });
    const end = await this.#child.exited;
    const wasReady = this.#isReady;
    this.#child = null;
    this.#isReady = false;
    this.#isStopped = false;
    if (this.#closed) return;
    if (end === "SIGKILL") this.#options.onKilled();
    else if (this.#toldToEnd && end === 0) this.#options.onDrained?.();
    else if (this.#toldToEnd && wasReady)
      findings.add(`${name} was told to drain and left with ${end}: ${last}`);
    else if (wasReady) findings.add(`${name} ended by itself with ${end}: ${last}`);
    else if (!this.#toldToEnd && !this.#options.mayFailToStart())
      findings.add(`${name} did not start (${end}): ${last}`);
  }

  #becomeReady(): void {
    this.#isReady = true;
    for (const resolve of this.#ready.splice(0)) resolve();
  }
}
