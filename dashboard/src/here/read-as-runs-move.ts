import type { ReadOperation } from "@durable/engine/api";
import { useReadAgain } from "../api/read-again.ts";
import { useTopics } from "./live-context.ts";
import { useNews } from "./use-news.ts";

/** However fast runs move, what is cheap to read is not read more often than this. */
const EVERY_MS = 2_000;

/**
 * Places at limits, figures and the like are no topic of the stream: whatever changes them changes how many runs there are of some
 * status, and that is one. So they are read again when it says so, and not while nothing happens.
 */
export function useReadAsRunsMove(operations: readonly ReadOperation[], everyMs = EVERY_MS): void {
  const readAgain = useReadAgain(...operations);
  useTopics(["counters"]);
  useNews(["counters"], everyMs, readAgain);
}
