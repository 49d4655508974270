import { SLEEP_MS_MAX } from "@durable/protocol/wire";
import { type Duration, durationMs } from "../duration.ts";
import { NonRetriableError } from "../errors.ts";

const DAYS_MAX = SLEEP_MS_MAX / 86_400_000;

/**
 * Milliseconds of a sleep, or of the timeout of a wait.
 * @param subject How a sentence about it begins: `Step "cooldown"`.
 * @throws NonRetriableError when it is no duration or longer than 366 days: another attempt would not change it.
 */
export function boundedMs(subject: string, duration: Duration): number {
  let ms: number;
  try {
    ms = durationMs(duration);
  } catch (error) {
    throw new NonRetriableError(`${subject}: ${(error as Error).message}`);
  }
  if (ms <= SLEEP_MS_MAX) return ms;
  throw new NonRetriableError(`${subject}: at most ${DAYS_MAX} days are possible, and this is longer.`);
}
