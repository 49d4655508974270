export { type Bench, type BenchOptions, openBench } from "./bench.ts";
export type { Rest } from "./rest.ts";
