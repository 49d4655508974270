// @durable/sdk/browser: what an end user's page needs to follow one run. Nothing of it needs Node.
export type { RunStep, RunView, StepProgress } from "./run-view.ts";
export { WatchError } from "./watch-error.ts";
export { type WatchRunOptions, watchRun } from "./watch-run.ts";
