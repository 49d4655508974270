import { fromRun } from "../../../engine/src/cli/run-view/from-run.ts";
import { renderRun, title } from "../../../engine/src/cli/run-view/render-run.ts";
import { hasEnded, type RunView } from "../../../engine/src/cli/run-view/run-view.ts";
import { LiveArea, type Terminal } from "../../../engine/src/cli/terminal/live-area.ts";
import type { Paint } from "../../../engine/src/cli/terminal/paint.ts";
import { spinnerAt } from "../../../engine/src/cli/terminal/spinner.ts";
import type { Screen, ScreenState } from "./screen.ts";

const FRAME_MS = 100;

/** Living runs as trees, redrawn in place; a run that ends is printed once more, and stays. */
export class TerminalScreen implements Screen {
  readonly #area: LiveArea;
  readonly #paint: Paint;
  readonly #ended = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #state: ScreenState = { runs: [], footer: [] };
  #frame = 0;
  #isClosed = false;

  constructor(terminal: Terminal, paint: Paint) {
    this.#area = new LiveArea(terminal);
    this.#paint = paint;
    // Time passes between two looks at the engine: sleeps count down and the spinner turns.
    this.#timer = setInterval(() => this.#draw(), FRAME_MS).unref();
  }

  say(...lines: readonly string[]): void {
    this.#area.print(lines);
    this.#draw();
  }

  update(state: ScreenState): void {
    this.#state = state;
    const ended = this.#views().filter((run) => hasEnded(run) && !this.#ended.has(run.id));
    for (const run of ended) {
      this.#ended.add(run.id);
      this.#area.print([...this.#tree(run), ""]);
    }
    if (ended.length > 0) this.#draw();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#area.print([]);
  }

  #draw(): void {
    if (this.#isClosed) return;
    this.#frame += 1;
    const { rows } = this.#area.size();
    const { footer } = this.#state;
    const living = this.#views().filter((run) => !hasEnded(run));
    this.#area.draw([...this.#trees(living, rows - footer.length - 2), ...footer]);
  }

  /** Newest last and in full; where the window is too small, older runs are one line each. */
  #trees(runs: readonly RunView[], rows: number): string[] {
    const trees = runs.map((run) => [...this.#tree(run), ""]);
    let lines = trees.reduce((sum, tree) => sum + tree.length, 0);
    for (const [index, run] of runs.entries()) {
      if (lines <= rows) break;
      lines -= trees[index]!.length - 1;
      trees[index] = [title(run, this.#drawing())];
    }
    return trees.flat();
  }

  #tree(run: RunView): string[] {
    return renderRun(run, { ...this.#drawing(), width: this.#area.size().columns });
  }

  #drawing() {
    return { nowMs: Date.now(), paint: this.#paint, spinner: spinnerAt(this.#frame) };
  }

  #views(): RunView[] {
    return this.#state.runs.map(fromRun);
  }
}
