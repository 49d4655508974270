import type { Random } from "./random.ts";

/** What a run shall do: a small program that the fixture function interprets, so that the client decides everything. */
export type Instruction =
  /** A step that takes `ms`; its first `failures` attempts throw. `fatal` throws for good, and is caught. */
  | {
      readonly do: "run";
      readonly name: string;
      readonly ms: number;
      readonly failures: number;
      readonly fatal: boolean;
    }
  | { readonly do: "nap"; readonly name: string; readonly ms: number }
  /** Waits for the event whose data has this key. */
  | {
      readonly do: "wait";
      readonly name: string;
      readonly event: string;
      readonly key: string;
      readonly timeoutMs: number;
    }
  /** Sends an event that starts another run. */
  | {
      readonly do: "send";
      readonly name: string;
      readonly event: string;
      readonly program: readonly Instruction[];
    }
  /** Starts a child and waits for it, unless it is spawned. One whose program fails is caught. */
  | {
      readonly do: "call";
      readonly name: string;
      readonly spawn: boolean;
      readonly program: readonly Instruction[];
    }
  /** Takes one of two ways by chance; one that flips on a replay fails the run. */
  | { readonly do: "branch"; readonly name: string }
  | { readonly do: "all"; readonly branches: readonly Instruction[] }
  /** The same, each step by a task of its own. */
  | { readonly do: "fan"; readonly name: string; readonly branches: readonly Instruction[] }
  /** Steps by tasks, and a sleep that never wins: whoever ends first, the others are cancelled. */
  | { readonly do: "race"; readonly name: string; readonly branches: readonly Instruction[] }
  /** Ends the run as failed. */
  | { readonly do: "fail" };

/** An event the client shall send so that a wait resolves, `afterMs` after the start: before or after the wait. */
export interface Answer {
  readonly event: string;
  readonly key: string;
  readonly afterMs: number;
}

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly answers: readonly Answer[];
}

/** Names that waits wait for. New ones appear for ever: the first wait on a name is a case of its own. */
const WAITED_FOR = ["chaos.approved", "chaos.paid", "chaos.shipped"];
const NEVER_ANSWERED_MS = 700;
const ANSWERED_MS = 15_000;

export function makeProgram(random: Random, key: string): Program {
  const answers: Answer[] = [];
  let count = 0;
  const name = (kind: string) => `${kind}-${++count}`;

  const run = (): Instruction => ({
    do: "run",
    name: name("run"),
    ms: random.chance(0.1) ? random.int(100, 900) : random.int(0, 15),
    failures: random.chance(0.12) ? random.int(1, 2) : 0,
    fatal: random.chance(0.04),
  });
  const nap = (): Instruction => ({
    do: "nap",
    name: name("nap"),
    ms: random.int(200, random.chance(0.2) ? 3_000 : 800),
  });
  const wait = (): Instruction => {
    const isAnswered = random.chance(0.8);
    const event = random.chance(0.15) ? `chaos.only.${key}` : random.pick(WAITED_FOR);
    const waitKey = `${key}/${count + 1}`;
    if (isAnswered) answers.push({ event, key: waitKey, afterMs: random.int(0, 1_500) });
    return {
      do: "wait",
      name: name("wait"),
      event,
      key: waitKey,
      timeoutMs: isAnswered ? ANSWERED_MS : NEVER_ANSWERED_MS,
    };
  };
  const send = (): Instruction => ({
    do: "send",
    name: name("send"),
    event: "chaos.chained",
    program: Array.from({ length: random.int(1, 3) }, (_, index) => ({ ...run(), name: `chained-${index}` })),
  });
  const call = (): Instruction => {
    const program: Instruction[] = [run()];
    if (random.chance(0.3)) program.push({ do: "nap", name: name("nap"), ms: random.int(100, 600) });
    if (random.chance(0.2)) program.push({ do: "fail" });
    return { do: "call", name: name("call"), spawn: random.chance(0.3), program };
  };
  const all = (): Instruction => ({
    do: "all",
    branches: Array.from({ length: random.int(2, 4) }, () =>
      random.pick<() => Instruction>([run, run, nap, wait, call])(),
    ),
  });

  const fan = (): Instruction => ({
    do: "fan",
    name: name("fan"),
    branches: Array.from({ length: random.int(2, 4) }, () => random.pick([run, run, wait])()),
  });
  const race = (): Instruction => ({
    do: "race",
    name: name("race"),
    branches: Array.from({ length: random.int(1, 3) }, () => ({ ...run(), fatal: false }) as Instruction),
  });

  const instructions = Array.from({ length: random.int(1, 7) }, () => {
    const dice = random.float();
    if (dice < 0.5) return run();
    if (dice < 0.65) return nap();
    if (dice < 0.8) return wait();
    if (dice < 0.86) return send();
    if (dice < 0.9) return call();
    return dice < 0.98 ? random.pick([all, fan, race])() : { do: "branch" as const, name: name("branch") };
  });
  if (random.chance(0.03)) instructions.push({ do: "fail" });
  return { instructions, answers };
}
