import { LiveArea } from "../../engine/src/cli/terminal/live-area.ts";
import { type Paint, PLAIN, paintFor } from "../../engine/src/cli/terminal/paint.ts";
import { type ApiClient, createApiClient } from "../../engine/src/http/client.ts";
import { Ledger } from "./app/ledger.ts";
import type { Part, PartName } from "./children/part.ts";
import { footer } from "./footer.ts";
import type { Options } from "./options.ts";
import { type AppPlace, appRunner, engineRunner, findAppPlace } from "./parts.ts";
import { PlainScreen } from "./show/plain-screen.ts";
import { openApprovals, RunTracker } from "./show/run-tracker.ts";
import type { Screen } from "./show/screen.ts";
import { TerminalScreen } from "./show/terminal-screen.ts";
import { cameBack, ended, type Scene } from "./words.ts";

/** Everything the demo has: two processes, the engine's API, and a screen that shows the runs. */
export class Demo {
  readonly options: Options;
  readonly hasKeys: boolean;
  readonly #paint: Paint;
  readonly #screen: Screen;
  readonly #ledger: Ledger;
  readonly #stopWatching = new AbortController();
  readonly #said = new Set<string>();
  #appPlace: AppPlace = { port: 0, url: "" };
  #engineUrl = "";
  #parts: Record<PartName, Part> | null = null;
  #api: ApiClient | null = null;
  #tracker: RunTracker | null = null;

  constructor(options: Options) {
    this.options = options;
    const isLive = !options.exitWhenDone && new LiveArea(process.stdout).isLive;
    this.hasKeys = isLive && process.stdin.isTTY === true;
    this.#paint = isLive ? paintFor(process.stdout) : PLAIN;
    this.#screen = isLive
      ? new TerminalScreen(process.stdout, this.#paint)
      : new PlainScreen((line) => process.stdout.write(`${line}\n`));
    this.#ledger = new Ledger(options.ledgerFile);
  }

  get parts(): Record<PartName, Part> {
    if (this.#parts === null) throw new Error("the demo has not started");
    return this.#parts;
  }

  get api(): ApiClient {
    if (this.#api === null) throw new Error("the demo has not started");
    return this.#api;
  }

  get tracker(): RunTracker {
    if (this.#tracker === null) throw new Error("the demo has not started");
    return this.#tracker;
  }

  get scene(): Scene {
    const { options, hasKeys } = this;
    return { options, hasKeys, app: this.#appPlace, engineUrl: this.#engineUrl, paint: this.#paint };
  }

  say(...lines: readonly string[]): void {
    this.#screen.say(...lines);
  }

  /** Resolves when the engine knows the app's functions. */
  async start(): Promise<void> {
    this.#appPlace = await findAppPlace(this.options);
    const hearing = {
      onNews: (line: string) => this.say(this.#paint.dim(line)),
      onErrorLine: (line: string) => this.#sayOnce(line),
      onChange: (part: Part, how: string | null) => this.#changed(part, how),
    };
    const engine = engineRunner(this.options, this.#appPlace, hearing, (url) => {
      this.#engineUrl = url;
    });
    const app = appRunner(this.options, this.#appPlace, hearing);
    this.#parts = { engine, app };
    await Promise.all([engine.start(), app.start()]);
    this.#api = createApiClient({ url: this.#engineUrl });
    await this.#api.syncApp({ params: { app: "demo", env: "dev" }, body: { url: this.#appPlace.url } });
    this.#tracker = new RunTracker(this.#api);
    await this.#tracker.look();
    void this.#tracker.watch(this.#stopWatching.signal, () => this.show());
  }

  show(): void {
    const runs = [...this.tracker.runs.values()];
    const { engine, app } = this.parts;
    this.#screen.update({
      runs,
      footer: footer({
        engine,
        app,
        engineUrl: this.#engineUrl,
        ledger: this.#ledger.lines(),
        hasOpenApproval: runs.some((run) => openApprovals(run).length > 0),
        hasKeys: this.hasKeys,
        paint: this.#paint,
      }),
    });
  }

  /** Engine first: it finishes what it has under way, and that needs the app. */
  async stop(): Promise<void> {
    this.#stopWatching.abort();
    this.#screen.close();
    await this.#parts?.engine.stop();
    await this.#parts?.app.stop();
    await this.#api?.close();
  }

  killAll(): void {
    for (const part of Object.values(this.#parts ?? {})) part.kill();
  }

  #changed(part: Part, how: string | null): void {
    if (this.#tracker === null) return;
    if (how !== null) this.say(...ended(part, how, this.scene));
    else if (part.isUp) this.say(...cameBack(part, this.scene));
    this.show();
  }

  /** Engine and app may repeat themselves while something is down. Once is news. */
  #sayOnce(line: string): void {
    const withoutNumbers = line.replaceAll(/[0-9a-f-]{8,}|\d+/g, "#");
    if (line.trim() === "" || this.#stopWatching.signal.aborted || this.#said.has(withoutNumbers)) return;
    this.#said.add(withoutNumbers);
    this.say(this.#paint.dim(`  ${line}`));
  }
}
