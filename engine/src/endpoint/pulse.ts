/** Signs of life that come beside the answer: what the code of steps says while it runs. */
export interface Pulse {
  /** Silence for so long ends the exchange before its time is over; null where it does not. */
  readonly silenceMs: number | null;
  /**
   * Monotonic: when something was last heard; null when nothing was. Asked only before a time is called over. What cannot
   * be found out is no silence.
   */
  lastHeardMs(): Promise<number | null>;
}
