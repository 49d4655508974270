import { parseArgs } from "node:util";

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  /** Show that each of the deliberate bugs is caught, instead of one long run. */
  readonly bugs: boolean;
  /** With `bugs`: only those whose name contains this. */
  readonly only: string;
  /** Keep the data folder also when all is well. */
  readonly keep: boolean;
}

export const USAGE = `Usage: npm run chaos -- [--seed <number>] [--minutes <number>] [--keep]
       npm run chaos -- --bugs [--only <name>]

  --seed      what the faults and the programs are made from (a random one, printed first)
  --minutes   how long faults happen; healing and checking come after (5)
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
      bugs: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      keep: { type: "boolean", default: false },
    },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  const minutes = Number(values.minutes);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed is ${values.seed}; it must be a whole number.`);
  if (!(minutes > 0)) throw new Error(`--minutes is ${values.minutes}; it must be a number above 0.`);
  return { seed, minutes, bugs: values.bugs, only: values.only, keep: values.keep };
}
