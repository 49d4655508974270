import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Where what takes long begins with, the longest first: files of twenty seconds and more, then folders with long ones. */
const LONG = [
  "test/chaos/sample",
  "test/scenarios/schedules.test",
  "test/programs/realistic/",
  "test/matrix/",
  "test/kit/semantics.test",
  "test/scenarios/value-refs",
  "test/conformance/bugs",
  "test/conformance/typescript",
  "test/frameworks/",
  "test/concurrency/unknown-outcome",
  "test/concurrency/shapes",
  "test/scenarios/long-memo",
  "test/scenarios/versions",
  "test/programs/",
  "test/scenarios/long-steps",
  "test/concurrency/",
  "test/limits/",
  "test/kit/",
  "test/scenarios/",
  "test/schedules/",
  "engine/src/postgres/",
];

/** Long files first, so that none is left over for one worker while the other has nothing to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const index = LONG.findIndex((begin) => moduleId.startsWith(`${project.config.root}/${begin}`));
  // A worker that goes on with the same project needs not be started anew.
  return index === -1 ? LONG.length + (project.name === "embedded" ? 0 : 1) : index;
}
