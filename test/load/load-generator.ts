import { type Child, startChild } from "./children.ts";
import type { Count, Job, Report } from "./jobs.ts";

/** Our side of client.ts. */
export interface LoadGenerator {
  readonly pid: number;
  run(job: Job, edges: { opened(): void; closed(): void }): Promise<Count>;
  stop(): Promise<void>;
}

export async function startLoadGenerator(folder: string): Promise<LoadGenerator> {
  const child = await startChild({ name: "client", script: new URL("client.ts", import.meta.url), folder });
  return { pid: child.pid, run: (job, edges) => run(child, job, edges), stop: () => child.stop() };
}

async function run(child: Child, job: Job, edges: { opened(): void; closed(): void }): Promise<Count> {
  let leave = () => {};
  const counted = new Promise<Count>((resolve, reject) => {
    leave = child.listen((message) => {
      const report = message as Report;
      switch (report.kind) {
        case "opened":
          return edges.opened();
        case "closed":
          return edges.closed();
        case "counted":
          return resolve(report.count);
        case "failed":
          return reject(new Error(report.message));
      }
    });
  });
  child.send(job);
  try {
    return await Promise.race([counted, child.ended]);
  } finally {
    leave();
  }
}
