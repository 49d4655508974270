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
      /** So many lines it writes to its log. */
      readonly says?: number;
      /** It is undone when its run ends badly. */
      readonly undo?: boolean;
      /** It runs at most once. */
      readonly once?: boolean;
      /** It says all the time that it lives, and has failed when it does not. */
      readonly beats?: boolean;
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
  /** Waits for the first, or for all, of several events, each with its key. */
  | {
      readonly do: "any" | "several";
      readonly name: string;
      readonly events: readonly { readonly event: string; readonly key: string }[];
      readonly timeoutMs: number;
    }
  | { readonly do: "signal"; readonly name: string; readonly key: string; readonly timeoutMs: number }
  /** Makes a token, lets the engine call its URL, and waits for what it was completed with. */
  | { readonly do: "token"; readonly name: string; readonly timeoutMs: number }
  /** The engine calls the app, which says what it was asked. */
  | { readonly do: "fetch"; readonly name: string }
  /** The same step for so many items. */
  | { readonly do: "each"; readonly name: string; readonly items: number; readonly concurrency: number }
  /** So many short steps, one after the other: enough of them for checkpoints. */
  | { readonly do: "long"; readonly name: string; readonly steps: number }
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
      /** A function of the other app, which lets this one in. */
      readonly away: boolean;
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

/** How many of the function `gated` at a time, for each key. */
export const HOT_LIMIT = 5;

/** The name that signals are stored under. */
export const SIGNAL = "durable.signal";

/**
 * An event, or a signal, the client shall send so that a wait resolves, `afterMs` after the start: before or after the
 * wait.
 */
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
const ENDLESS_MS = 3_600_000;

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
    ...(random.chance(0.2) && { says: random.int(1, 3) }),
  });
  const beating = (): Instruction => ({
    do: "run",
    name: name("beating"),
    ms: random.int(200, 1_500),
    failures: 0,
    fatal: false,
    beats: true,
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
  /**
   * Two waits for the same, each ended by an event of its own: the one that was there first, and the next. One after the
   * other or both at once, and then sometimes when both events are there.
   */
  const twice = (): Instruction[] => {
    const first = {
      do: "wait" as const,
      name: name("wait"),
      event: random.pick(WAITED_FOR),
      timeoutMs: ANSWERED_MS,
    };
    const waitKey = `${key}/${count}`;
    for (const _ of [1, 2]) answers.push({ event: first.event, key: waitKey, afterMs: random.int(0, 1_500) });
    const both = [first, { ...first, name: name("wait") }].map((each) => ({ ...each, key: waitKey }));
    if (random.chance(0.3)) return both;
    const atOnce: Instruction = { do: "all", branches: both };
    return random.chance(0.3) ? [atOnce] : [{ do: "nap", name: name("nap"), ms: 1_600 }, atOnce];
  };
  const several = (): Instruction => {
    const isAny = random.chance(0.5);
    const events = Array.from({ length: random.int(2, 3) }, (_, at) => ({
      event: random.pick(WAITED_FOR),
      key: `${key}/${count + 1}.${at}`,
    }));
    const answered = isAny ? events.filter((_, at) => at === 0 || random.chance(0.5)) : events;
    answers.push(...answered.map((each) => ({ ...each, afterMs: random.int(0, 1_500) })));
    return isAny
      ? { do: "any", name: name("any"), events, timeoutMs: ANSWERED_MS }
      : { do: "several", name: name("several"), events, timeoutMs: ANSWERED_MS };
  };
  const signal = (): Instruction => {
    const signalKey = `${key}/${count + 1}`;
    const isAnswered = random.chance(0.8);
    if (isAnswered) answers.push({ event: SIGNAL, key: signalKey, afterMs: random.int(0, 1_500) });
    const timeoutMs = isAnswered ? ANSWERED_MS : NEVER_ANSWERED_MS;
    return { do: "signal", name: name("signal"), key: signalKey, timeoutMs };
  };
  const each = (): Instruction => ({
    do: "each",
    name: name("each"),
    // Seldom more than fit into one group.
    items: random.chance(0.1) ? random.int(101, 120) : random.int(1, 12),
    concurrency: random.int(1, 5),
  });
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
    return { do: "call", name: name("call"), spawn: random.chance(0.3), away: random.chance(0.3), program };
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

  const instructions = Array.from({ length: random.int(1, 7) }, (): Instruction | Instruction[] => {
    const dice = random.float();
    if (dice < 0.32) return run();
    if (dice < 0.38) return beating();
    if (dice < 0.5) return nap();
    if (dice < 0.58) return wait();
    if (dice < 0.6) return twice();
    if (dice < 0.64) return several();
    if (dice < 0.68) return signal();
    if (dice < 0.71) return { do: "token" as const, name: name("token"), timeoutMs: ANSWERED_MS };
    if (dice < 0.76) return { do: "fetch" as const, name: name("fetch") };
    if (dice < 0.79) return each();
    if (dice < 0.81) return { do: "long" as const, name: name("long"), steps: random.int(25, 45) };
    if (dice < 0.86) return send();
    if (dice < 0.9) return call();
    return dice < 0.98 ? random.pick([all, fan, race])() : { do: "branch" as const, name: name("branch") };
  }).flat();
  if (random.chance(0.03)) instructions.push({ do: "fail" });
  return { instructions, answers };
}

/** What only its event can stop: it waits for ever, or for a child that does. */
export function makeEndlessProgram(random: Random): Instruction[] {
  const nap: Instruction = { do: "nap", name: "for-ever", ms: ENDLESS_MS };
  const begin: Instruction = { do: "run", name: "begin", ms: 0, failures: 0, fatal: false, undo: true };
  const [spawn, away] = [random.chance(0.3), random.chance(0.3)];
  const call: Instruction = { do: "call", name: "child", spawn, away, program: [nap] };
  return [begin, ...random.pick([[nap], [call, nap]])];
}
