import type { Ports } from "../runtime/ports.ts";

/** So many events on their way to disk are more than a few senders who wait for their runs. */
const PRESSED_EVENTS = 300;
/** Pressure comes in waves: each commit answers half of the senders. It is over when none came for so long. */
const HOLD_MS = 200;

/**
 * Whether senders bring events faster than they can be stored. Then storing comes first: a run on disk can wait,
 * a sender who is not answered gives up and sends again.
 */
export class IngestPressure {
  readonly #ports: Pick<Ports, "clock" | "timers">;
  readonly #changed: (isPressed: boolean) => void;
  #events = 0;
  #isPressed = false;
  #pressedAtMs = 0;

  constructor(ports: Pick<Ports, "clock" | "timers">, changed: (isPressed: boolean) => void) {
    this.#ports = ports;
    this.#changed = changed;
  }

  arrived(events: number): void {
    this.#events += events;
    if (this.#events < PRESSED_EVENTS) return;
    this.#pressedAtMs = this.#ports.clock.monotonicMs();
    if (this.#isPressed) return;
    this.#isPressed = true;
    this.#changed(true);
    this.#lookLater();
  }

  answered(events: number): void {
    this.#events -= events;
  }

  #lookLater(): void {
    this.#ports.timers.after(HOLD_MS, () => {
      if (this.#ports.clock.monotonicMs() - this.#pressedAtMs < HOLD_MS) return this.#lookLater();
      this.#isPressed = false;
      this.#changed(false);
    });
  }
}
