// When has user code come to rest? When the queue of microtasks is empty: whatever it still waits for then is a step,
// or comes from outside (a timer, a socket).
//
// In Node a callback of `nextTick` that was asked for from within a microtask runs exactly then, and costs a tenth of
// a macrotask. Other runtimes only imitate `nextTick`; there a macrotask does the same, later.

type Schedule = (callback: () => void) => void;

function ofNode(): Schedule | null {
  const { process } = globalThis;
  const isNode = process?.release?.name === "node" && !("Bun" in globalThis) && !("Deno" in globalThis);
  if (!isNode || typeof process.nextTick !== "function" || "WebSocketPair" in globalThis) return null;
  return (callback) => queueMicrotask(() => process.nextTick(callback));
}

function ofImmediate(): Schedule | null {
  return typeof setImmediate === "function" ? (callback) => void setImmediate(callback) : null;
}

const exact = ofNode();

const soon: Schedule = ofImmediate() ?? ((callback) => void setTimeout(callback, 0));

/** Calls back once every microtask that is queued now, and all that those queue, have run. */
export const afterMicrotasks: Schedule = exact ?? soon;

/** Whether it calls back before anything from outside can come in. */
export const restIsExact = exact !== null;

/** Resolves when timers and sockets have had their turn. */
export function afterMacrotask(): Promise<void> {
  return new Promise(soon);
}
