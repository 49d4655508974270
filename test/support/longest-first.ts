import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes long, by where it stands; the first takes longest. Everything else takes seconds. */
const LONG = [
  "test/chaos/",
  "test/concurrency/",
  "test/frameworks/",
  "test/programs/",
  "test/kit/",
  "test/scenarios/",
];

/** Long files first, so that none is left over for one worker while the other has nothing to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const index = LONG.findIndex((folder) => moduleId.startsWith(`${project.config.root}/${folder}`));
  // A worker that goes on with the same project needs not be started anew.
  return index === -1 ? LONG.length + (project.name === "embedded" ? 0 : 1) : index;
}
