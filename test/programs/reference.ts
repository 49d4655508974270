// What must come of a program, without any engine: one pass in memory, no replay, no clock, branches one after the other.

import { createHash } from "node:crypto";
import {
  type AnswerKind,
  ATTEMPTS,
  ATTEMPTS_MAX,
  type Block,
  fold,
  type NeverKind,
  PERSON,
  type Program,
  START,
  type Statement,
  waitKey,
} from "./program.ts";

/** An entry of the journal as far as it is the same in every execution. */
export interface Recorded {
  readonly op: string;
  readonly name: string;
  readonly n: number;
  /** `open`: never settled. Nobody cares whether it was begun. */
  readonly status: "ok" | "err" | "open";
  /** Of an error its message. */
  readonly value: unknown;
}

export interface Expected {
  readonly status: "completed" | "failed";
  readonly output: number | null;
  readonly failure: string | null;
  /** The last one that it published. */
  readonly state: number | null;
  /** By step id. */
  readonly steps: Readonly<Record<string, Recorded>>;
  /** Those of the steps that run at most once: each may be interrupted instead. */
  readonly once: readonly string[];
  /** How many attempts of a step write to its log, by step id. */
  readonly said: Readonly<Record<string, number>>;
  /** Steps that can be undone, the first one first. They are when the run does not complete. */
  readonly undoable: readonly Undoable[];
  /** What it must be told, in the order in which it waits for that. */
  readonly told: readonly Told[];
}

export interface Undoable {
  readonly name: string;
  /** Of the step, and of its compensation. */
  readonly id: string;
  readonly undoId: string;
}

export type Told =
  | {
      readonly by: "event" | "signal" | "token";
      readonly key: string;
      readonly say: string;
      readonly isLate: boolean;
    }
  | {
      readonly by: "person";
      readonly key: string;
      readonly say: string;
      readonly answer: Exclude<AnswerKind, "never">;
    };

class Failed extends Error {}
class Returned extends Error {
  readonly value: number;
  constructor(value: number) {
    super("returned");
    this.value = value;
  }
}

export function expectedOf(program: Program, key: string): Expected {
  const run = new Reference(key);
  try {
    return run.end("completed", run.block(program.body, START), null);
  } catch (thrown) {
    if (thrown instanceof Returned) return run.end("completed", thrown.value, null);
    if (thrown instanceof Failed) return run.end("failed", null, thrown.message);
    throw thrown;
  }
}

class Reference {
  readonly #key: string;
  readonly #steps: Record<string, Recorded> = {};
  readonly #counts = new Map<string, number>();
  readonly #undoable: Undoable[] = [];
  readonly #once: string[] = [];
  readonly #said: Record<string, number> = {};
  readonly #told: Told[] = [];
  /** Goes into the ids of steps in a branch. */
  #scope = "";
  #state: number | null = null;

  constructor(key: string) {
    this.#key = key;
  }

  end(status: Expected["status"], output: number | null, failure: string | null): Expected {
    if (status === "failed") {
      for (const { undoId, name } of this.#undoable)
        this.#steps[undoId] = { op: "compensate", name, n: 0, status: "ok", value: null };
    }
    return {
      status,
      output,
      failure,
      state: this.#state,
      steps: this.#steps,
      once: this.#once,
      said: this.#said,
      undoable: this.#undoable,
      told: this.#told,
    };
  }

  block(body: Block, start: number): number {
    return body.reduce((value, statement) => this.#one(statement, value), start);
  }

  #one(statement: Statement, value: number): number {
    switch (statement.do) {
      case "step":
        return this.#step(statement, value);
      case "once":
        return this.#runOnce(statement, value);
      case "sleep":
      case "sleepUntil":
        this.#record("sleep", statement.name, null);
        return fold(value, "slept");
      case "wait": {
        const say = statement.comes === "never" ? null : `said ${statement.name}`;
        const key = waitKey(this.#key, statement.name, value);
        if (say !== null) this.#told.push({ by: "event", key, say, isLate: statement.comes === "late" });
        this.#record("wait", statement.name, say === null ? null : { key, say });
        return fold(value, say ?? "nothing");
      }
      case "waitAny": {
        const { name, of, comes } = statement;
        const got = comes === null ? null : this.#tell(name, value, comes, of > 1);
        this.#record("wait", name, got && { key: String(comes), event: got });
        return fold(value, got === null ? "nothing" : `${comes} ${got.say}`);
      }
      case "waitAll": {
        const { name, of, isMissing } = statement;
        const got = Array.from({ length: of }, (_, index) => index)
          .filter((index) => !isMissing || index > 0)
          .map((index) => this.#tell(name, value, index, index === 1));
        this.#record("wait", name, isMissing ? null : got);
        if (isMissing) return fold(value, "nothing");
        return got.reduce((sum, { say }) => fold(sum, say), value);
      }
      case "signal":
      case "token": {
        const say = statement.comes === "never" ? null : `signalled ${statement.name}`;
        const key = waitKey(this.#key, statement.name, value);
        if (say !== null) this.#told.push({ by: statement.do, key, say, isLate: statement.comes === "late" });
        this.#record("signal", statement.name, say && { say });
        return fold(value, say ?? "nothing");
      }
      case "ask":
        return this.#ask(statement, value);
      case "fetch": {
        const { name, fails } = statement;
        if (fails < ATTEMPTS_MAX) {
          this.#record("fetch", name, "200 answered");
          return fold(value, "200 answered");
        }
        this.#record("fetch", name, "FetchError", "err");
        throw new Failed(`${name} got no answer at ${value}`);
      }
      case "state":
        this.#state = value;
        return value;
      case "spawn":
        this.#record("spawn", statement.name, "a run");
        return fold(value, "string");
      case "send":
        this.#record("send", statement.name, 1);
        return fold(value, 1);
      case "invoke": {
        const { name, fails } = statement;
        if (fails >= ATTEMPTS_MAX) this.#fail("invoke", name, value);
        const result = fold(value, "child");
        this.#record("invoke", name, result);
        return fold(value, result);
      }
      case "all":
        return this.#all(statement.branches, value);
      case "join":
        return this.#join(statement, value);
      case "each":
        return this.#each(statement, value);
      case "promise": {
        const run = () => this.block(statement.body, value);
        let result: number | string;
        try {
          result = statement.of === "race" ? run() : this.#endOf(run);
        } finally {
          this.#record("sleep", statement.name, null, "open");
        }
        return fold(value, result);
      }
      case "loop": {
        let result = value;
        for (let turn = 0; turn < statement.times; turn += 1) result = this.block(statement.body, result);
        return result;
      }
      case "try":
        try {
          return this.block(statement.body, value);
        } catch (error) {
          if (!(error instanceof Failed)) throw error;
          return this.block(statement.otherwise, fold(value, error.message));
        }
      case "branch": {
        const taken = value % 2 === 0 ? "even" : "odd";
        this.#record("branch", statement.name, taken);
        return this.block(statement[taken], fold(value, taken));
      }
      case "if":
        return this.block(value % 2 === 0 ? statement.even : statement.odd, value);
      case "throw":
        throw new Failed(`thrown at ${value}`);
      case "return":
        throw new Returned(value);
    }
  }

  #step(
    { name, fails, final, undo, retry, says }: Extract<Statement, { do: "step" }>,
    value: number,
  ): number {
    const attemptsMax = retry === undefined ? ATTEMPTS_MAX : ATTEMPTS[retry];
    const isFinal = final && fails > 0 && retry !== "slow";
    const attempts = isFinal ? 1 : Math.min(fails + 1, attemptsMax);
    if (says) this.#said[idOf(this.#scope, name, this.#count(name))] = attempts;
    if (retry === "slow" && fails >= attempts)
      this.#failWith("run", name, `Step "${name}" took longer than its timeout of 25 ms.`);
    if (fails >= attempts) this.#fail("run", name, value);
    const result = fold(value, name);
    const id = this.#record("run", name, result);
    if (undo) this.#undoable.push({ name, id, undoId: idOf(id, name, 0) });
    return fold(value, result);
  }

  #runOnce({ name, throws, undo }: Extract<Statement, { do: "once" }>, value: number): number {
    const id = throws
      ? this.#record("run", name, `${name} failed at ${value}`, "err")
      : this.#record("run", name, fold(value, name));
    this.#once.push(id);
    if (undo && !throws) this.#undoable.push({ name, id, undoId: idOf(id, name, 0) });
    return fold(value, "once");
  }

  #ask({ name, answer }: Extract<Statement, { do: "ask" }>, value: number): number {
    if (answer === "never") {
      this.#record("input", name, null);
      return fold(value, "nothing");
    }
    const key = waitKey(this.#key, name, value);
    const say = `answered ${name}`;
    this.#told.push({ by: "person", key, say, answer });
    const isDecision = answer === "approved" || answer === "rejected";
    const given = isDecision ? { approved: answer === "approved" } : { say };
    this.#record(isDecision ? "approval" : "input", name, { value: given, by: PERSON });
    return fold(value, `${PERSON}: ${isDecision ? answer === "approved" : say}`);
  }

  #all(branches: readonly Block[], value: number): number {
    const ends = branches.map((branch, index) => this.#endOf(() => this.block(branch, fold(value, index))));
    return ends.reduce<number>((sum, end) => fold(sum, end), value);
  }

  #join({ kind, name, branches, never }: Extract<Statement, { do: "join" }>, value: number): number {
    const n = this.#next(name);
    const id = idOf(this.#scope, name, n);
    const record = (...winners: number[]) => {
      this.#steps[id] = { op: "join", name, n, status: "ok", value: winners.map(String) };
    };
    for (const [index, how] of never.entries())
      this.#within(idOf(id, String(branches.length + index), 0), () =>
        this.#record(OP_OF_NEVER[how], "never", null, "open"),
      );
    const run = (index: number) =>
      this.#within(idOf(id, String(index), 0), () => this.block(branches[index]!, fold(value, index)));
    if (kind === "race") {
      record(0);
      return fold(value, run(0));
    }
    const ends = branches.map((_, index) => this.#endOf(() => run(index)));
    if (kind !== "all") record(...branches.keys());
    if (kind === "some") return ends.map(String).sort().reduce<number>(fold, value);
    if (kind !== "quorum") return ends.reduce<number>(fold, value);
    const [wanted, total] = [never.length + 1, never.length + branches.length];
    const reasons = ends.map((end, index) => `${index}: NonRetriableError: no ${end}`).join("; ");
    throw new Failed(
      `Join "${name}" wants ${wanted} of ${total} branches, and only ${never.length} can still succeed. ${reasons}`,
    );
  }

  #each({ name, items, body }: Extract<Statement, { do: "each" }>, value: number): number {
    const point = idOf(this.#scope, name, this.#next(name));
    if (items === 0) return value;
    const group = idOf(point, `0-${items - 1}`, 0);
    const before = Object.keys(this.#steps).length;
    const ends = Array.from({ length: items }, (_, index) =>
      this.#within(idOf(group, String(index), 0), () =>
        this.#endOf(() => this.block(body, fold(value, index))),
      ),
    );
    // Items without a step are no reason to record anything.
    if (Object.keys(this.#steps).length > before)
      this.#steps[group] = { op: "group", name: `0-${items - 1}`, n: 0, status: "ok", value: ends };
    return ends.reduce<number>(fold, value);
  }

  #endOf(run: () => number): number | string {
    try {
      return run();
    } catch (error) {
      if (error instanceof Failed) return error.message;
      throw error;
    }
  }

  #within<Result>(scope: string, run: () => Result): Result {
    const before = this.#scope;
    this.#scope = scope;
    try {
      return run();
    } finally {
      this.#scope = before;
    }
  }

  #tell(name: string, value: number, index: number, isLate: boolean) {
    const key = `${waitKey(this.#key, name, value)}/${index}`;
    const say = `said ${name} ${index}`;
    this.#told.push({ by: "event", key, say, isLate });
    return { key, say };
  }

  #fail(op: string, name: string, value: number): never {
    this.#failWith(op, name, `${name} failed at ${value}`);
  }

  #failWith(op: string, name: string, message: string): never {
    this.#record(op, name, message, "err");
    throw new Failed(message);
  }

  #record(op: string, name: string, value: unknown, status: Recorded["status"] = "ok"): string {
    const n = this.#next(name);
    const id = idOf(this.#scope, name, n);
    this.#steps[id] = { op, name, n, status, value };
    return id;
  }

  #next(name: string): number {
    const n = this.#count(name);
    this.#counts.set(`${this.#scope} ${name}`, n + 1);
    return n;
  }

  /** How often it came before in its scope. */
  #count(name: string): number {
    return this.#counts.get(`${this.#scope} ${name}`) ?? 0;
  }
}

const OP_OF_NEVER: Record<NeverKind, string> = {
  sleep: "sleep",
  wait: "wait",
  child: "invoke",
  retry: "run",
};

/** By our own code, not the SDK's. */
function idOf(scope: string, name: string, n: number): string {
  return createHash("sha256").update(`${scope}\u001f${name}\u001f${n}`).digest("hex").slice(0, 32);
}
