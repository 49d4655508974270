// Imported by programs that tests kill: what was compiled for one of them is there for the next. Node writes it when a process
// ends by itself.
import module from "node:module";

/** By then it has begun to work; one that is killed before leaves nothing. */
const BEGUN_MS = 500;

setTimeout(() => module.flushCompileCache?.(), BEGUN_MS).unref();
