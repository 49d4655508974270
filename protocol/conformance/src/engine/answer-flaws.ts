// What an engine holds every answer to an invoke to, whatever the case.

import { stepId } from "@durable/protocol/wire";

interface AnyOp {
  readonly op: string;
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly scope?: string;
}

export function answerFlaws(message: unknown, fence: string, digest: string): string[] {
  const answer = message as { fence?: unknown; manifest?: unknown; ops?: readonly AnyOp[] };
  const flaws: string[] = [];
  if (answer.fence !== fence)
    flaws.push(`body.fence should be the request's, ${fence}, and is ${String(answer.fence)}`);
  if (answer.manifest !== undefined && answer.manifest !== digest) {
    flaws.push(
      `body.manifest should be the digest that inspect told, ${digest}, and is ${String(answer.manifest)}`,
    );
  }
  const seen = new Set<string>();
  for (const { id, name, n, scope = "" } of answer.ops ?? []) {
    const expected = stepId(scope, name, n);
    if (id !== expected) {
      flaws.push(
        `the id of op "${name}" (${n})${scope && ` in scope ${scope}`} should be ${expected}, and is ${id}`,
      );
    }
    if (seen.has(id)) flaws.push(`op "${name}" (${n}) is there twice`);
    seen.add(id);
  }
  return flaws;
}
