import type { Random } from "../random.ts";
import { REGIONS, TENANTS } from "./functions.ts";

// What the client sends to functions with shapes and gates.

/** One function with the events it gets: those of a burst at once, through any engines, the bursts one after the other. */
export interface LimitedStory {
  readonly fn: string;
  readonly bursts: readonly { readonly events: readonly object[]; readonly pauseMs: number }[];
}

type Span = readonly [from: number, to: number];

interface Genre {
  readonly fn: string;
  /** How often it is told, beside the others. */
  readonly weight: number;
  /** How many bursts, how many events in each, and how long it is quiet after one, in milliseconds. */
  readonly bursts: Span;
  readonly size: Span;
  readonly pauseMs: Span;
  /** What the events of a story have in common. `own` is a key that no other story has. */
  readonly about: (random: Random, own: string) => object;
  readonly each?: (random: Random) => object;
}

const WEIGHTS = { big: 1, small: 1, heavy: 3 };

const alone = (_: Random, own: string) => ({ key: own });
/** Several stories meet at it. */
const together = (random: Random) => ({ key: `shared ${random.int(0, 2)}` });
const either = (random: Random, own: string) => (random.chance(0.5) ? alone(random, own) : together(random));
const SOLO = { weight: 5, bursts: [2, 2], size: [2, 3], pauseMs: [0, 500], about: either } as const;
const busy = (random: Random) => ({ ms: random.int(100, 250) });

const GENRES: readonly Genre[] = [
  { fn: "once", weight: 8, bursts: [2, 2], size: [1, 3], pauseMs: [0, 600], about: alone },
  { fn: "metered", weight: 14, bursts: [3, 3], size: [2, 4], pauseMs: [0, 700], about: together },
  { fn: "delayed", weight: 8, bursts: [2, 2], size: [3, 5], pauseMs: [0, 700], about: alone },
  // One at a time: who came last must be known.
  { fn: "settled", weight: 12, bursts: [2, 7], size: [1, 1], pauseMs: [0, 450], about: alone },
  { fn: "first", weight: 6, bursts: [2, 5], size: [1, 1], pauseMs: [0, 600], about: alone },
  { fn: "bundle", weight: 14, bursts: [2, 2], size: [2, 4], pauseMs: [0, 500], about: together },
  { ...SOLO, fn: "solo-skip", each: busy },
  { ...SOLO, fn: "solo-cancel", each: busy },
  { ...SOLO, fn: "solo-queue", each: busy },
  {
    fn: "paced",
    weight: 11,
    bursts: [2, 2],
    size: [2, 5],
    pauseMs: [0, 500],
    about: together,
    each: (random) => ({ units: random.int(1, 3), urgency: random.int(-5, 5) }),
  },
  {
    fn: "fair",
    weight: 12,
    bursts: [2, 2],
    size: [2, 5],
    pauseMs: [0, 400],
    about: (random) => {
      const tenant = random.pick(TENANTS);
      return { region: random.pick(REGIONS), tenant, weight: WEIGHTS[tenant] };
    },
    each: (random) => ({ urgency: random.int(0, 3), ms: random.int(0, 100) }),
  },
];
const TOLD = GENRES.flatMap((genre) => Array.from({ length: genre.weight }, () => genre));

/** The `no`-th one. The shortest run has two of each. */
export function makeLimitedStory(random: Random, no: number): LimitedStory {
  const genre = no < GENRES.length * 2 ? GENRES[no % GENRES.length]! : random.pick(TOLD);
  const within = ([from, to]: Span) => random.int(from, to);
  const about = genre.about(random, `own ${no}`);
  return {
    fn: genre.fn,
    bursts: Array.from({ length: within(genre.bursts) }, () => ({
      events: Array.from({ length: within(genre.size) }, () => ({ ...about, ...genre.each?.(random) })),
      pauseMs: within(genre.pauseMs),
    })),
  };
}
