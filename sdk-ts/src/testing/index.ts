export type { LogLevel } from "./bench.ts";
export type { ArmedCrash, CrashPoint, CrashTarget } from "./crash.ts";
export {
  CrashMatrixError,
  type CrashMatrixOptions,
  type CrashMatrixReport,
  crashMatrix,
  type MatrixCrash,
} from "./crash-matrix.ts";
export { createTestKit, type TestKit, type TestKitOptions } from "./kit.ts";
export type { RunState, RunStatus, TestDetour, TestFailure, TestRun, TestStep } from "./test-run.ts";
