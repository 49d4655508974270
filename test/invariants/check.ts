import { isConnectionLoss, openDatabase } from "../../engine/src/store/database.ts";
import { ACCEPTANCE } from "./acceptance.ts";
import { AckLog } from "./ack-log.ts";
import { AppLog } from "./app-log.ts";
import { CALLS } from "./calls.ts";
import { CHILDREN } from "./children.ts";
import { EDGES } from "./edges.ts";
import { ENDS } from "./ends.ts";
import { ERRORS } from "./errors.ts";
import { GATES } from "./gates.ts";
import { GROUPS } from "./groups.ts";
import { INPUTS } from "./inputs.ts";
import type { Examined, Invariant, World } from "./invariant.ts";
import { JOINS } from "./joins.ts";
import { JOURNAL } from "./journal.ts";
import { LEASES } from "./leases.ts";
import { LIVENESS } from "./liveness.ts";
import { LOGS } from "./logs.ts";
import { MEMO } from "./memo.ts";
import { Memory } from "./memory.ts";
import { ORDER } from "./order.ts";
import { SCHEDULES } from "./schedules.ts";
import { SHAPES } from "./shapes.ts";
import { TENANCY } from "./tenancy.ts";
import { TIME } from "./time.ts";
import { TRACE } from "./trace.ts";
import { UNDOING } from "./undoing.ts";

export const INVARIANTS: readonly Invariant[] = [
  ...ACCEPTANCE,
  ...TENANCY,
  ...JOURNAL,
  ...MEMO,
  ...LEASES,
  ...TIME,
  ...ENDS,
  ...ERRORS,
  ...UNDOING,
  ...EDGES,
  ...CHILDREN,
  ...CALLS,
  ...LOGS,
  ...GATES,
  ...ORDER,
  ...GROUPS,
  ...JOINS,
  ...INPUTS,
  ...SCHEDULES,
  ...SHAPES,
  ...TRACE,
  ...LIVENESS,
];

export interface CheckOptions {
  readonly databaseUrl: string;
  /** Logs kept outside the database, by the client and by the app. */
  readonly oracles?: { readonly ackLog?: string; readonly appLog?: string };
  /** `during` checks what holds at every instant, `after` everything. */
  readonly phase: "during" | "after";
  /** What must be true of this scenario besides. */
  readonly extra?: readonly Invariant[];
  /** Numbers of invariants the scenario does not exercise: examining nothing is then no failure. */
  readonly unexercised?: readonly string[];
  /** Numbers of invariants that the scenario breaks on purpose. */
  readonly skip?: readonly string[];
  readonly slackMs?: number;
  /** Where messages may be held for longer than the slack: see World. */
  readonly sentSince?: (t: number) => number;
}

export interface InvariantReport {
  readonly ok: boolean;
  readonly lines: readonly (Examined & { readonly invariant: Invariant; readonly failure: string | null })[];
}

/** Checks one database once. A scenario that checks repeatedly keeps a `Checker`, which remembers what it saw. */
export async function checkInvariants(options: CheckOptions): Promise<InvariantReport> {
  const checker = new Checker(options);
  try {
    return await checker.check(options.phase);
  } finally {
    await checker.close();
  }
}

export class Checker {
  readonly #options: Omit<CheckOptions, "phase">;
  readonly #database: ReturnType<typeof openDatabase>;
  readonly #world: World;

  constructor(options: Omit<CheckOptions, "phase">) {
    const { ackLog, appLog } = options.oracles ?? {};
    const slackMs = options.slackMs ?? 1_000;
    this.#options = options;
    this.#database = openDatabase({ url: options.databaseUrl, max: 1, applicationName: "invariants" });
    this.#world = {
      sql: this.#database.sql,
      ackLog: ackLog === undefined ? null : new AckLog(ackLog),
      appLog: appLog === undefined ? null : new AppLog(appLog),
      memory: new Memory(),
      slackMs,
      sentSince: options.sentSince ?? ((t) => t - slackMs),
    };
  }

  /** Rejects when the database cannot be asked; that says nothing about any invariant. */
  async check(phase: "during" | "after"): Promise<InvariantReport> {
    const { extra = [], skip = [], unexercised = [] } = this.#options;
    const lines = [];
    for (const invariant of [...INVARIANTS, ...extra]) {
      if (phase === "during" && invariant.phase === "after") continue;
      if (invariant.needs !== undefined && this.#world[invariant.needs] === null) continue;
      if (skip.includes(invariant.number)) continue;
      const found = await invariant.check(this.#world).catch((error) => {
        if (isConnectionLoss(error)) throw error;
        throw new Error(`invariant ${invariant.number} (${invariant.name}) cannot be asked: ${error}`);
      });
      const idle = phase === "after" && found.rows === 0 && !unexercised.includes(invariant.number);
      const failure = found.violations > 0 ? "violated" : idle ? "examined nothing" : null;
      lines.push({ ...found, invariant, failure });
    }
    return { ok: lines.every((line) => line.failure === null), lines };
  }

  close(): Promise<void> {
    return this.#database.end();
  }
}

/** One line per invariant, the rows it examined first; violations in words below. */
export function formatReport(report: InvariantReport): string {
  return report.lines
    .flatMap(({ invariant, rows, violations, examples, failure }) => [
      `${failure === null ? "  " : "! "}${invariant.number.padEnd(4)} ${invariant.name.padEnd(28)} ${String(rows).padStart(8)} rows  ${
        failure === "violated" ? `${violations} VIOLATIONS: ${invariant.sentence}` : (failure ?? "ok")
      }`,
      ...examples.map((example) => `         ${example}`),
    ])
    .join("\n");
}
