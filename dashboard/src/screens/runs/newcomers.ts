import type { RunListed } from "../../live/patches.ts";

/** A page grows no longer than this by itself. */
const ROWS_MAX = 200;

export interface Runs {
  readonly runs: RunListed[];
  readonly next: string | null;
}

/** Whether it was born after the page was read: ids begin with the time. */
export function isNewcomer(page: Runs, run: Pick<RunListed, "id">): boolean {
  return (
    page.runs.every(({ id }) => id !== run.id) && (page.runs[0] === undefined || run.id > page.runs[0].id)
  );
}

/** With the run on top. Where the page is full, and that is known, the newcomer has to wait: null. */
export function withNewcomer(page: Runs, run: RunListed): Runs | null {
  if (page.runs.length >= ROWS_MAX) return null;
  const at = page.runs.findIndex(({ id }) => id < run.id);
  return { ...page, runs: at === -1 ? [...page.runs, run] : page.runs.toSpliced(at, 0, run) };
}
