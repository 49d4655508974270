// What `durable replay` stands on: `@durable/sdk/replay`.
export {
  type Divergence,
  type RecordedRun,
  type RecordedStep,
  type Replayed,
  replayRun,
} from "./replay-run.ts";
