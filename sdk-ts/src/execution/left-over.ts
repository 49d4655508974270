import { MEMO_BYTES_MAX, type Op, type RawJson, type RunOp } from "@durable/protocol/wire";

// What a turn has to tell may be more than one answer holds. The rest of it waits here for the next dispatch of the run,
// which mostly comes to this process, and at once: its bodies have run, and need not run again.

const KEPT_MS = 60_000;

interface Kept {
  readonly op: RunOp;
  readonly bytes: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

const kept = new Map<string, Kept>();
let keptBytes = 0;

/** Keeps what bodies of steps left. As much as a memo holds, for a minute; what is lost of it is run again. */
export function leaveOver(
  runId: string,
  attempts: Readonly<Record<string, number>>,
  ops: readonly Op[],
): void {
  for (const op of ops) {
    if (op.op !== "run") continue;
    const key = keyOf(`${runId}/${op.id}`, attempts[op.id] ?? 1);
    forget(key);
    const bytes = op.st === "ok" ? ((op.v as RawJson | undefined)?.text.length ?? 0) : 0;
    if (keptBytes + bytes > MEMO_BYTES_MAX) continue;
    const timer = setTimeout(() => forget(key), KEPT_MS);
    // A process that has nothing else to do may end.
    (timer as { unref?: () => void }).unref?.();
    kept.set(key, { op, bytes, timer });
    keptBytes += bytes;
  }
}

/** What an earlier turn could not tell of this attempt; it is given once. */
export function takeLeftOver(idempotencyKey: string, attempt: number): RunOp | undefined {
  const key = keyOf(idempotencyKey, attempt);
  const op = kept.get(key)?.op;
  forget(key);
  return op;
}

function forget(key: string): void {
  const entry = kept.get(key);
  if (entry === undefined) return;
  clearTimeout(entry.timer);
  kept.delete(key);
  keptBytes -= entry.bytes;
}

function keyOf(idempotencyKey: string, attempt: number): string {
  return `${attempt}:${idempotencyKey}`;
}
