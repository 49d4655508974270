import type { Sql } from "../../engine/src/store/database.ts";
import type { AckLog } from "./ack-log.ts";
import type { AppLog } from "./app-log.ts";
import type { Memory } from "./memory.ts";

/**
 * A sentence about the system that must be true. `always`: at every instant, under every fault, so it is also
 * checked while faults happen. `after`: once they have stopped and the system had its minute to heal.
 */
export interface Invariant {
  /** Its number in the list of the design; letters for those that came later. */
  readonly number: string;
  readonly name: string;
  readonly sentence: string;
  readonly phase: "always" | "after";
  /** What it compares the database with. Without it the invariant is not applicable. */
  readonly needs?: "ackLog" | "appLog";
  check(world: World): Promise<Examined>;
}

export interface World {
  readonly sql: Sql;
  readonly ackLog: AckLog | null;
  readonly appLog: AppLog | null;
  /** What earlier checks of the same database saw. */
  readonly memory: Memory;
  /** Longest time the harness keeps a message on its way, plus scheduling: later is too late. */
  readonly slackMs: number;
  /** The earliest moment at which a message that arrived at `t` can have been sent. Processes may stand still. */
  readonly sentSince: (t: number) => number;
}

/** Rows looked at, and those that break the sentence: their number and some of them in words. */
export interface Examined {
  readonly rows: number;
  readonly violations: number;
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 10;

export function examined(rows: number, violations: readonly string[]): Examined {
  return { rows, violations: violations.length, examples: violations.slice(0, EXAMPLES_MAX) };
}

/**
 * An invariant in SQL: `rows` counts what is examined, `violations` selects what breaks it. Both run in one
 * statement, so in one snapshot: the system may move on meanwhile.
 */
export function bySql(rows: string, violations: string): (world: World) => Promise<Examined> {
  const statement = `with violation as materialized (${violations})
    select (${rows})::int as rows, (select count(*)::int from violation) as violations,
      (select coalesce(json_agg(v), '[]') from (select * from violation limit ${EXAMPLES_MAX}) as v) as examples`;
  return async ({ sql }) => {
    const [row] = await sql.unsafe(statement);
    const examples: unknown[] = row!["examples"];
    return {
      rows: row!["rows"],
      violations: row!["violations"],
      examples: examples.map((each) => JSON.stringify(each)),
    };
  };
}
