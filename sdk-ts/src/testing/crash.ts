import { stepId } from "@durable/protocol/wire";

/**
 * Where something breaks, seen from a step:
 *
 * - `answer`: the step has run, and what the app says of it never reaches the engine;
 * - `before-commit`: the step has run, and the engine dies with the app's answer in its hand;
 * - `commit`: the engine dies right after the outcome of that answer is on disk, before it does anything else;
 * - `result`: the engine dies when the function is about to be called with the step's result. For a sleep or a wait
 *   that is after it has ended.
 */
export type CrashPoint = "answer" | "before-commit" | "commit" | "result";

export const CRASH_POINTS: readonly CrashPoint[] = ["answer", "before-commit", "commit", "result"];

/** At which step something breaks. */
export interface CrashTarget {
  /** The step's name. */
  readonly step: string;
  /** How often the name came before in the run; the first time (0) unless told. */
  readonly n?: number | undefined;
  /** The step's own id, where a name is not enough: steps in branches and groups. */
  readonly id?: string | undefined;
  /** Only in this run. */
  readonly run?: string | undefined;
}

/** What of a dispatch tells which steps it is about. */
export interface DispatchSeen {
  readonly run: { readonly id: string };
  readonly task: { readonly fence: string };
  readonly memo: readonly { readonly id: string; readonly st: string }[];
}

/** A crash that is to happen once. */
export class ArmedCrash {
  readonly target: CrashTarget;
  readonly point: CrashPoint;
  readonly happened: Promise<void>;
  readonly #stepId: string;
  #tell: () => void = () => {};
  hasHappened = false;

  constructor(target: CrashTarget, point: CrashPoint) {
    this.target = target;
    this.point = point;
    this.#stepId = target.id ?? stepId("", target.step, target.n ?? 0);
    this.happened = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  happens(): void {
    this.hasHappened = true;
    this.#tell();
  }

  /** Whether this dispatch is the first to carry the step's result. */
  isShownIn({ run, memo }: DispatchSeen): boolean {
    return this.#isOf(run.id) && memo.some((entry) => entry.id === this.#stepId && entry.st !== "pending");
  }

  /** Whether this answer reports the step. */
  isReportedIn(run: string, ops: readonly { readonly id?: string }[]): boolean {
    return this.#isOf(run) && ops.some((op) => op.id === this.#stepId);
  }

  #isOf(run: string): boolean {
    return this.target.run === undefined || this.target.run === run;
  }
}
