import { hashedUuid } from "./ids.ts";

const FENCE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Of a UUID as text. */
const FIRST_HALF = 18;

/** What an app names as its fence may be anything. */
export function isFence(text: string): boolean {
  return FENCE.test(text);
}

/**
 * The fence that is live after a dispatch's checkpoint of that number. Checkpoints replace the fence like every commit,
 * so no two of one number are both applied; and since it follows from the dispatch's own fence, which only the app and
 * the engine know, nobody has to be told it. It begins as that one does: the first half names the dispatch.
 */
export function fenceAfter(fence: string, seq: number): string {
  if (seq === 0) return fence;
  return fence.slice(0, FIRST_HALF) + hashedUuid(fence, String(seq)).slice(FIRST_HALF);
}
