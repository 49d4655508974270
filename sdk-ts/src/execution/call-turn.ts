import type { Op } from "@durable/protocol/wire";
import { RawJson } from "@durable/protocol/wire";
import { NonRetriableError, stepErrorOf } from "../errors.ts";
import type { TokenMaker } from "../steps/create-token.ts";
import { refuseNesting } from "./enclosing-step.ts";
import { idOf } from "./step-ids.ts";
import { NameCounts } from "./turn/name-counts.ts";
import { never, quiet } from "./turn/quiet-promise.ts";
import { type Begin, readBy, type StepCall } from "./turn/step-call.ts";
import { Turn } from "./turn.ts";

interface Reached {
  readonly call: StepCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The whole of a one-off call, which has neither a run nor a memo: a step's body runs where the step stands, its result
 * goes on at once, and nothing is reported. What only an engine can do is refused.
 */
export class CallTurn extends Turn {
  override readonly tokenMaker: TokenMaker = {
    app: "",
    env: undefined,
    runId: "",
    secret: undefined,
    engineUrl: null,
    refusal:
      "a one-off call has no run, so it cannot wait for a token. Start a run instead: durable.start() or durable.execute().",
  };
  readonly #names = new NameCounts();
  /** The step that is being begun: `start` and `report` are called for it, before anything else is reached. */
  #reached: Reached | null = null;

  constructor(callId: string, startedAt: string) {
    super(
      {
        type: "invoke",
        app: "",
        fn: "",
        run: { id: callId, started_at: startedAt },
        task: { kind: "advance", fence: callId },
        input: { event: { id: callId, name: "", data: null, time: startedAt } },
        memo: [],
        memo_next: null,
        attempts: {},
        budget: { ms: Number.MAX_SAFE_INTEGER, steps: 1 },
      },
      0,
    );
  }

  override ask<Value>(call: StepCall, begin: Begin): Promise<Value> {
    const { name } = call;
    const { scope } = this;
    refuseNesting(this, name);
    // A branch that lost goes no further.
    if (scope.isClosed) return never();
    const group = call.scope ?? scope.id;
    const n = this.#names.next(group, name);
    return quiet((resolve, reject) => {
      this.#reached = { call, resolve, reject };
      try {
        begin(idOf(group, name, n), n)?.catch(reject);
      } catch (error) {
        reject(error);
      } finally {
        this.#reached = null;
      }
    });
  }

  override report(op: Op): void {
    this.#reached!.reject(
      new NonRetriableError(
        `Step "${op.name}": a one-off call has no run, so it cannot ${CANNOT[op.op] ?? `do this (${op.op})`}. Start a run instead: durable.start() or durable.execute().`,
      ),
    );
  }

  override start(body: () => Promise<Op | null>): void {
    const { call, resolve, reject } = this.#reached!;
    void body().then((op) => {
      if (op === null) return;
      if (op.op === "run" && op.st === "err") return reject(stepErrorOf(call.name, op.error));
      const value = op.op === "run" ? parsed(op.v) : op;
      resolve(readBy(call, value));
    });
  }

  override publish(): void {}
}

/** As a replay would bring it back: only what JSON keeps. */
function parsed(v: unknown): unknown {
  return v instanceof RawJson ? JSON.parse(v.text) : undefined;
}

const CANNOT: Partial<Record<Op["op"], string>> = {
  sleep: "sleep",
  wait: "wait for an event",
  signal: "wait for a signal",
  fetch: "have the engine make a request (make it in a step.run)",
  input: "wait for a person",
  invoke: "start another function as a step",
  send: "send events as a step (send them with the client)",
};
