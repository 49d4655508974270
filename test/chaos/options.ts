import { parseArgs } from "node:util";

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  /** `gates`: beside the rest a hot key and ten thousand cold ones at one limit. */
  readonly work: "all" | "gates";
  readonly engines: number;
  /** Show that each of the deliberate bugs is caught, instead of one long run. */
  readonly bugs: boolean;
  /** With `bugs`: only those whose name contains this. */
  readonly only: string;
  /** Keep the data folder also when all is well. */
  readonly keep: boolean;
}

export const USAGE = `Usage: npm run chaos -- [--seed <number>] [--minutes <number>] [--work gates] [--engines <number>] [--keep]
       npm run chaos -- --bugs [--only <name>]

  --seed      what the faults and the programs are made from (a random one, printed first)
  --minutes   how long faults happen; healing and checking come after (5)
  --work      gates: beside the rest a hot key and ten thousand cold ones, at a limit of 5
  --engines   how many processes (3); those of --work gates have 64 slots each
  --keep      keep the data folder although nothing was wrong
  --bugs      run against copies of the engine with a deliberate bug each, and demand that each is caught
  --only      of the bugs only those with this in their name`;

/** Throws with a sentence for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      minutes: { type: "string", default: "5" },
      work: { type: "string", default: "all" },
      engines: { type: "string", default: "3" },
      bugs: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      keep: { type: "boolean", default: false },
    },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  const minutes = Number(values.minutes);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed is ${values.seed}; it must be a whole number.`);
  if (!(minutes > 0)) throw new Error(`--minutes is ${values.minutes}; it must be a number above 0.`);
  const { work } = values;
  if (work !== "all" && work !== "gates") throw new Error(`--work is ${work}; it must be all or gates.`);
  const engines = Number(values.engines);
  if (!(Number.isSafeInteger(engines) && engines >= 1 && engines <= 8))
    throw new Error(`--engines is ${values.engines}; it must be a whole number from 1 to 8.`);
  return { seed, minutes, work, engines, bugs: values.bugs, only: values.only, keep: values.keep };
}
