import type { StreamPatch } from "./contract/streams.ts";

/** Runs whose last line is remembered. */
const RUNS_MAX = 10_000;

/** What a client has heard of the runs that it follows: where it goes on when it comes back. */
export class Known {
  readonly #names: readonly string[];
  readonly #steps = new Map<string, number>();
  readonly #lines = new Map<string, bigint>();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** As they are asked for now. */
  topics(): string {
    const now = this.#names.map((name) => {
      const [topic, runId] = (name.split("@", 1)[0] as string).split(":") as [string, string?];
      const at = (topic === "run" ? this.#steps : this.#lines).get(runId ?? "");
      return at === undefined ? name : `${topic}:${runId}@${at}`;
    });
    return now.join(",");
  }

  /** False: the same line was told before the connection broke. */
  isNews({ topic, kind, id, patch }: StreamPatch): boolean {
    const runId = topic.slice(topic.indexOf(":") + 1);
    if (kind === "log") return this.#isNewLine(runId, BigInt(id!));
    if (topic.startsWith("run:") && Array.isArray(patch?.["steps"])) {
      const seqs = patch["steps"].map(({ seq }: { seq: number | null }) => seq ?? 0);
      this.#steps.set(runId, Math.max(this.#steps.get(runId) ?? 0, ...seqs));
    }
    return true;
  }

  #isNewLine(runId: string, line: bigint): boolean {
    const before = this.#lines.get(runId);
    if (before !== undefined && line <= before) return false;
    this.#lines.delete(runId);
    this.#lines.set(runId, line);
    if (this.#lines.size > RUNS_MAX) this.#lines.delete(this.#lines.keys().next().value!);
    return true;
  }
}
