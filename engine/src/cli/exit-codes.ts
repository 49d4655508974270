/** What scripts may rely on. Listed in the README and in `durable --help`. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work: the engine refused, the run failed, a part could not start. */
  failed: 1,
  /** The command or its environment is wrong; nothing was tried. */
  usage: 2,
  /** The engine or the database does not answer. Trying again later may help. */
  unreachable: 3,
  /** There is no such run, key or app. */
  notFound: 4,
  /** The engine knows who asks and says no, or does not know who asks. */
  denied: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
