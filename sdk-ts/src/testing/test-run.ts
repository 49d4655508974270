import type { AnswerOptions, DecideOptions } from "../client.ts";
import { toJson } from "../execution/value.ts";
import type { Rest } from "./bench.ts";
import type { EngineApi } from "./engine-api.ts";
import { Jumps } from "./jumps.ts";

/** `failing` and `cancelling`: while its steps are undone. `paused`: a person is needed. */
export type RunStatus =
  | "queued"
  | "running"
  | "waiting"
  | "paused"
  | "failing"
  | "cancelling"
  | "completed"
  | "failed"
  | "cancelled";

/** What failed, as the engine keeps it. */
export interface TestFailure {
  readonly name: string;
  readonly message: string;
  readonly [member: string]: unknown;
}

/** A step as it is recorded. */
export interface TestStep {
  readonly id: string;
  /** Its kind on the wire: `run`, `sleep`, `wait`, `send` and so on. */
  readonly op: string;
  readonly name: string;
  /** How often the name came before. */
  readonly n: number;
  readonly status: "ok" | "err" | "pending" | "retrying" | "cancelled";
  readonly value: unknown;
  readonly failure: TestFailure | null;
  readonly attempt: number;
}

/** A recorded step that the code, called again, did not ask for, while it began another one. */
export interface TestDetour {
  readonly step: string;
  readonly name: string;
  readonly n: number;
  readonly began: { readonly step: string; readonly name: string | null };
  /** Where in your code, with the lines around it. */
  readonly frame: string | null;
  /** False where the code may still come to it: it awaits something of its own beside steps. */
  readonly certain: boolean;
  readonly at: string;
}

/** How a run stands or ended. */
export interface RunState {
  readonly id: string;
  readonly function: string;
  readonly status: RunStatus;
  /** Why it is where it is, in one sentence. */
  readonly why: string;
  readonly output: unknown;
  readonly failure: TestFailure | null;
  /** What it last said of itself with `step.setState`; null when it said nothing. */
  readonly state: unknown;
  readonly steps: readonly TestStep[];
  /** Where its code left the recorded path; empty for code that does the same at every replay. */
  readonly detours: readonly TestDetour[];
}

/** A run in the kit's engine. */
export interface TestRun {
  readonly id: string;
  /** How it stands now. */
  state(): Promise<RunState>;
  status(): Promise<RunStatus>;
  /** What is recorded of it, in the order of its journal, then what is still open. */
  steps(): Promise<readonly TestStep[]>;
  /**
   * Its end: completed, failed, cancelled, or paused for a person. Whenever nothing else goes on, the clock jumps to
   * the next timer, so sleeps, retries and timeouts cost no time.
   * @throws Error when nothing is left that could move it, as when it waits for an event that nobody sends, and when it wakes
   * by itself for ever, as a loop does that polls.
   */
  ended(): Promise<RunState>;
  cancel(reason?: string): Promise<void>;
  /**
   * Answers its `step.waitForInput` of this name, by "test" unless told. The clock jumps over sleeps and retries that come
   * before the question.
   * @throws Error when the run does not ask that, and DurableRequestError when the answer does not fit.
   */
  answer(step: string, value: unknown, options?: AnswerOptions): Promise<void>;
  /** Approves what its `step.waitForApproval` of this name asks. */
  approve(step: string, options?: DecideOptions): Promise<void>;
  reject(step: string, options?: DecideOptions): Promise<void>;
}

/** What the engine says beside of a step that asks. */
interface AskingRun extends RunState {
  readonly steps: readonly (TestStep & { readonly input: { readonly id: string } | null })[];
}

export interface RunParts {
  readonly api: EngineApi;
  /** Lets everything come to rest, then jumps to the next timer; null when there is none. */
  toNextTimer(): Promise<number | null>;
  settled(): Promise<Rest>;
  jump(ms: number): Promise<void>;
  readonly patienceMs: number;
}

const IS_END: Record<RunStatus, boolean> = {
  queued: false,
  running: false,
  waiting: false,
  paused: true,
  failing: false,
  cancelling: false,
  completed: true,
  failed: true,
  cancelled: true,
};

export function testRun({ api, settled, toNextTimer, jump, patienceMs }: RunParts, id: string): TestRun {
  const state = () => api.get<RunState>(`/runs/${id}`);

  /** Null when the run does not ask it, and nothing but sleeps and retries would bring it there. */
  async function asked(step: string): Promise<string | null> {
    for (const jumps = new Jumps(patienceMs); ; ) {
      const { nextDueMs } = await settled();
      const { status, steps } = await api.get<AskingRun>(`/runs/${id}`);
      const pending = steps.filter((each) => each.status === "pending");
      const input = pending.findLast((each) => each.input !== null && each.name === step)?.input;
      if (input) return input.id;
      const isHeldUp = pending.some(({ op }) => op !== "sleep");
      if (IS_END[status] || isHeldUp || nextDueMs === null) return null;
      // Not to the next timer, which by now may be the end of the very question.
      await jump(nextDueMs);
      await jumps.add(nextDueMs, state);
    }
  }

  async function answer(step: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const inputId = await asked(step);
    if (inputId === null) {
      const { function: functionId, why } = await state();
      throw new Error(`Run ${id} of "${functionId}" asks nobody for ${JSON.stringify(step)}. ${why}`);
    }
    await api.post(`/inputs/${inputId}/answer`, { by: "test", ...body, id: globalThis.crypto.randomUUID() });
  }

  return {
    id,
    state,
    status: async () => (await state()).status,
    steps: async () => (await state()).steps,
    async ended() {
      await settled();
      const jumps = new Jumps(patienceMs);
      for (let now = await state(); ; now = await state()) {
        if (IS_END[now.status]) return now;
        const jumpedMs = await toNextTimer();
        if (jumpedMs !== null) {
          await jumps.add(jumpedMs, state);
          continue;
        }
        // Its timer may have fired by itself since we looked.
        now = await state();
        if (!IS_END[now.status]) {
          throw new Error(
            `Run ${id} of "${now.function}" will not move by itself. It is ${now.status}: ${now.why} Send what it waits for, kit.send({ name, data }), or answer what it asks, run.answer(step, value), before you wait for its end.`,
          );
        }
      }
    },
    async cancel(reason) {
      await api.post(`/runs/${id}/cancel`, reason === undefined ? {} : { reason });
    },
    answer: (step, value, options) =>
      answer(step, { ...options, value: toJson(`The answer to "${step}" is`, value) }),
    approve: (step, options) => answer(step, { ...options, approved: true }),
    reject: (step, options) => answer(step, { ...options, approved: false }),
  };
}
