/**
 * When processes stood still. A message that a stopped process was about to send arrives when it goes on, so what
 * arrives then may have been sent at the moment of the stop. No other message is on its way for longer than the
 * slack.
 */
export class HeldMessages {
  readonly #windows: { readonly fromMs: number; toMs: number }[] = [];
  readonly #slackMs: number;

  constructor(slackMs: number) {
    this.#slackMs = slackMs;
  }

  /** Call the answer when the process goes on, or has died. */
  hold(): () => void {
    const window = { fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
    this.#windows.push(window);
    return () => {
      window.toMs = Date.now();
    };
  }

  /** The earliest moment at which something that arrived at `t` can have been sent. */
  sentSince = (t: number): number => {
    let since = t - this.#slackMs;
    for (const { fromMs, toMs } of this.#windows) {
      if (t >= fromMs && t <= toMs + this.#slackMs) since = Math.min(since, fromMs - this.#slackMs);
    }
    return since;
  };
}
