import module from "node:module";
import { setFlagsFromString } from "node:v8";

/** An engine is up, and what only starting needs is over. */
export function settleIn(): void {
  // Until here `bin/durable.js` has kept V8's young generation as small as it begins. Reading our code would make it grow,
  // and an idle engine would keep 30 MB of memory that it never needs; from here on it grows with what there is to do.
  setFlagsFromString("--semi-space-growth-factor=2");
  // Else it is written at the end of the process, and one that is killed leaves none to the next. New in Node 22.10.
  module.flushCompileCache?.();
}
