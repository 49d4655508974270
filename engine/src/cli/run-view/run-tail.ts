import type { AnswerOf } from "../../http/contract/table.ts";
import type { Context } from "../context.ts";
import { LiveArea } from "../terminal/live-area.ts";
import { spinnerAt } from "../terminal/spinner.ts";
import { fromRun } from "./from-run.ts";
import { type LogLine, renderLogLine } from "./log-line.ts";
import { renderChanges } from "./render-change.ts";
import { renderRun } from "./render-run.ts";
import type { RunView } from "./run-view.ts";

const REDRAW_EVERY_MS = 200;

type Run = AnswerOf<"getRun">;

/** One object per line: what the run is after each change, and what its steps say. */
export class JsonTail {
  run: Run | null = null;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  show(run: Run): void {
    this.run = run;
    this.#context.say(JSON.stringify({ run }));
  }

  say(log: LogLine): void {
    this.#context.say(JSON.stringify({ log }));
  }

  end(): void {}
}

/** A tree that is redrawn in place, with lines above it; one line per change where nothing can be redrawn. */
export class RunTail {
  run: Run | null = null;
  readonly #context: Context;
  readonly #area = new LiveArea(process.stdout);
  readonly #redraw: NodeJS.Timeout | null;
  #before: RunView | null = null;
  #frame = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#redraw = this.#area.isLive ? setInterval(() => this.#draw(), REDRAW_EVERY_MS) : null;
  }

  show(run: Run): void {
    const before = this.#before;
    this.run = run;
    this.#before = fromRun(run);
    if (this.#area.isLive) this.#draw();
    else for (const line of renderChanges(before, this.#before, this.#drawing())) this.#context.say(line);
  }

  say(line: LogLine): void {
    if (!this.#area.isLive) this.#context.say(`    ${renderLogLine(line)}`);
    else this.#area.print([renderLogLine(line)]);
    this.#draw();
  }

  end(): void {
    if (this.#redraw !== null) clearInterval(this.#redraw);
    this.#draw();
    this.#area.keep();
  }

  #draw(): void {
    if (!this.#area.isLive || this.#before === null) return;
    this.#frame += 1;
    this.#area.draw(renderRun(this.#before, { ...this.#drawing(), width: process.stdout.columns ?? 120 }));
  }

  #drawing() {
    return { nowMs: Date.now(), paint: this.#context.paint, spinner: spinnerAt(this.#frame) };
  }
}
