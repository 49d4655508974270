import { fromRun } from "../../../engine/src/cli/run-view/from-run.ts";
import { renderChanges } from "../../../engine/src/cli/run-view/render-change.ts";
import type { RunView } from "../../../engine/src/cli/run-view/run-view.ts";
import { PLAIN } from "../../../engine/src/cli/terminal/paint.ts";
import type { Screen, ScreenState } from "./screen.ts";

/** For pipes and logs: one line per thing that happens, and none while nothing does. */
export class PlainScreen implements Screen {
  readonly #write: (line: string) => void;
  readonly #seen = new Map<string, RunView>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  say(...lines: readonly string[]): void {
    for (const line of lines) this.#write(line);
  }

  update({ runs }: ScreenState): void {
    for (const run of runs.map(fromRun)) {
      const drawing = { nowMs: Date.now(), paint: PLAIN, spinner: "…" };
      for (const line of renderChanges(this.#seen.get(run.id) ?? null, run, drawing)) this.#write(line);
      this.#seen.set(run.id, run);
    }
  }

  close(): void {}
}
