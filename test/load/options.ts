import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_WORKS, SYSTEM_NAMES, type SystemName, WORKS, type WorkName } from "./works.ts";

export interface Options {
  readonly rounds: number;
  readonly works: readonly WorkName[];
  readonly systems: readonly SystemName[];
  readonly seed: number;
  /** About how long all of it may take; the windows are made to fit. */
  readonly minutes: number;
  readonly json: string | null;
  /** Where CPU profiles of apps and engines that run on Node go; profiling slows them down. */
  readonly profile: string | null;
}

export const USAGE = `pnpm bench [--rounds 3] [--works ${DEFAULT_WORKS.join(",")}]
           [--systems ${SYSTEM_NAMES.join(",")}] [--minutes 20] [--seed N] [--json FILE] [--profile FOLDER]`;

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      works: { type: "string", default: DEFAULT_WORKS.join(",") },
      systems: { type: "string", default: SYSTEM_NAMES.join(",") },
      seed: { type: "string" },
      minutes: { type: "string", default: "20" },
      json: { type: "string" },
      profile: { type: "string" },
    },
  });
  return {
    rounds: Math.ceil(number("rounds", values.rounds)),
    works: names("works", values.works, Object.keys(WORKS) as WorkName[]),
    systems: names("systems", values.systems, SYSTEM_NAMES),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1e9) : number("seed", values.seed),
    minutes: number("minutes", values.minutes),
    json: values.json ?? null,
    profile: values.profile === undefined ? null : resolve(values.profile),
  };
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} must be a number above 0, not "${text}".`);
  return value;
}

function names<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  const chosen = text.split(",").filter((name) => name !== "");
  const unknown = chosen.find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`--${option} knows ${known.join(", ")}, but not "${unknown}".`);
  return chosen as Name[];
}
