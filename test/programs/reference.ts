// What must come of a program, without any engine: one pass in memory, no replay, no clock, branches one after the other.

import { createHash } from "node:crypto";
import { ATTEMPTS_MAX, type Block, fold, type Program, START, type Statement, waitKey } from "./program.ts";

/** An entry of the journal as far as it is the same in every execution. */
export interface Recorded {
  readonly op: string;
  readonly name: string;
  readonly n: number;
  readonly status: "ok" | "err";
  /** Of an error its message. */
  readonly value: unknown;
}

export interface Expected {
  readonly status: "completed" | "failed";
  readonly output: number | null;
  readonly failure: string | null;
  /** By step id. */
  readonly steps: Readonly<Record<string, Recorded>>;
  /** Names of the steps that are undone, each once, the last one first. */
  readonly undone: readonly string[];
  /** The events it waits for, in their order. */
  readonly told: readonly Told[];
}

export interface Told {
  readonly key: string;
  readonly say: string;
  readonly isLate: boolean;
}

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
  readonly #undoable: { name: string; id: string }[] = [];
  readonly #told: Told[] = [];

  constructor(key: string) {
    this.#key = key;
  }

  end(status: Expected["status"], output: number | null, failure: string | null): Expected {
    const toUndo = status === "failed" ? this.#undoable.toReversed() : [];
    for (const { id, name } of toUndo) {
      this.#steps[idOf(id, name, 0)] = { op: "compensate", name, n: 0, status: "ok", value: null };
    }
    const undone = toUndo.map(({ name }) => name);
    return { status, output, failure, steps: this.#steps, undone, told: this.#told };
  }

  block(body: Block, start: number): number {
    return body.reduce((value, statement) => this.#one(statement, value), start);
  }

  #one(statement: Statement, value: number): number {
    switch (statement.do) {
      case "step":
        return this.#step(statement, value);
      case "sleep":
        this.#record("sleep", statement.name, null);
        return fold(value, "slept");
      case "wait": {
        const say = statement.comes === "never" ? null : `said ${statement.name}`;
        const key = waitKey(this.#key, statement.name, value);
        if (say !== null) this.#told.push({ key, say, isLate: statement.comes === "late" });
        this.#record("wait", statement.name, say === null ? null : { key, say });
        return fold(value, say ?? "nothing");
      }
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

  #step({ name, fails, final, undo }: Extract<Statement, { do: "step" }>, value: number): number {
    if (fails >= ATTEMPTS_MAX || (final && fails > 0)) this.#fail("run", name, value);
    const result = fold(value, name);
    const id = this.#record("run", name, result);
    if (undo) this.#undoable.push({ name, id });
    return fold(value, result);
  }

  #all(branches: readonly Block[], value: number): number {
    const ends = branches.map((branch, index) => {
      try {
        return this.block(branch, fold(value, index));
      } catch (error) {
        if (error instanceof Failed) return error.message;
        throw error;
      }
    });
    return ends.reduce<number>((sum, end) => fold(sum, end), value);
  }

  #fail(op: string, name: string, value: number): never {
    const message = `${name} failed at ${value}`;
    this.#record(op, name, message, "err");
    throw new Failed(message);
  }

  #record(op: string, name: string, value: unknown, status: Recorded["status"] = "ok"): string {
    const n = this.#counts.get(name) ?? 0;
    this.#counts.set(name, n + 1);
    const id = idOf("", name, n);
    this.#steps[id] = { op, name, n, status, value };
    return id;
  }
}

/** By our own code, not the SDK's. */
function idOf(scope: string, name: string, n: number): string {
  return createHash("sha256").update(`${scope}\u001f${name}\u001f${n}`).digest("hex").slice(0, 32);
}
