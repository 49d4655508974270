import { Child, type ChildOptions } from "./child.ts";

export type PartName = "engine" | "app";

export interface PartOptions {
  readonly name: PartName;
  readonly file: string;
  readonly args?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Whether this line of its output says that it is up. */
  readonly isReady: (line: string) => boolean;
  /** Answers as long as something is up there, whoever started it. */
  readonly healthUrl: string;
  readonly onLine: (line: string) => void;
  readonly onErrorLine: (line: string) => void;
  /** It went up or down; `how` it ended, if it did. */
  readonly onChange: (part: Part, how: string | null) => void;
}

/** `outside`: it was started again by hand, in another terminal; it is not ours to stop. */
export type PartState = "starting" | "up" | "down" | "outside";

const LOOK_EVERY_MS = 500;

/** The engine or the app, as the demo sees it: its process while there is one, and whether it answers. */
export class Part {
  readonly name: PartName;
  readonly #options: PartOptions;
  #child: Child | null = null;
  #state: PartState = "down";
  #lookout: NodeJS.Timeout | undefined;
  #isLeaving = false;

  constructor(options: PartOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get state(): PartState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#state === "up" || this.#state === "outside";
  }

  /** Null unless it is our own. */
  get pid(): number | null {
    return this.#child?.isUp ? this.#child.pid : null;
  }

  /** @throws Error with what it said last, when it ended before it was up. */
  start(): Promise<void> {
    clearInterval(this.#lookout);
    this.#state = "starting";
    return new Promise((resolve, reject) => {
      const said: string[] = [];
      const options: ChildOptions = {
        ...this.#options,
        onLine: (line) => {
          if (this.#state !== "starting" || !this.#options.isReady(line)) return this.#options.onLine(line);
          this.#change("up", null);
          resolve();
        },
        onErrorLine: (line) => {
          if (this.#state === "starting") said.push(line);
          else this.#options.onErrorLine(line);
        },
        onExit: (how) => {
          if (this.#state !== "starting") return this.#change("down", how);
          this.#state = "down";
          reject(new Error(said.join("\n") || `The ${this.name} ended at once (${how}).`));
        },
      };
      this.#child = new Child(options);
    });
  }

  kill(): void {
    this.#child?.kill();
  }

  async stop(): Promise<void> {
    this.#isLeaving = true;
    clearInterval(this.#lookout);
    await this.#child?.stop();
  }

  #change(state: PartState, how: string | null): void {
    this.#state = state;
    if (this.#isLeaving) return;
    if (state === "down") this.#watchForReturn();
    this.#options.onChange(this, how);
  }

  /** Somebody may start it by hand, with the command we printed. */
  #watchForReturn(): void {
    clearInterval(this.#lookout);
    this.#lookout = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    const isUp = await fetch(this.#options.healthUrl, { signal: AbortSignal.timeout(LOOK_EVERY_MS) }).then(
      () => true,
      () => false,
    );
    if (isUp && this.#state === "down") this.#change("outside", null);
    else if (!isUp && this.#state === "outside") this.#change("down", "it does not answer");
  }
}
