// The same start as a command, as code, and as a test. What an app wrote stands in them as data: quoted so that no shell and no compiler reads
// it as anything else.
import type { Run } from "../../live/patches.ts";

export interface CopyFrom {
  readonly run: Run;
  /** Where the engine is, as this browser knows it. */
  readonly origin: string;
}

export const FORMS = ["curl", "typescript", "php", "test"] as const;
export type Form = (typeof FORMS)[number];

interface Words {
  readonly label: string;
  /** What it does when it is run. */
  readonly does: string;
  readonly write: (from: CopyFrom) => string;
}

export const COPY_AS: Readonly<Record<Form, Words>> = {
  curl: { label: "curl", does: "Starts a run of the same function with the same data.", write: curl },
  typescript: {
    label: "TypeScript",
    does: "Starts a run of the same function with the same data.",
    write: typescript,
  },
  php: {
    label: "PHP",
    does: "Starts a run of the same function with the same data, by plain HTTP.",
    write: php,
  },
  test: {
    label: "Test",
    does: "Steps your code through what is recorded of this run, and fails where they part.",
    write: writeTest,
  },
};

function curl({ run, origin }: CopyFrom): string {
  return [
    `curl -X POST ${inShell(`${origin}${triggerPath(run)}`)} \\`,
    // Where no key is set none is sent: an engine in development asks for none, and refuses an empty one.
    `  \${DURABLE_API_KEY:+-H "authorization: Bearer $DURABLE_API_KEY"} \\`,
    `  -H "content-type: application/json" \\`,
    `  -d ${inShell(json({ data: run.event.data ?? null }))}`,
  ].join("\n");
}

function typescript({ run }: CopyFrom): string {
  const { app, environment } = run;
  return `import { Durable } from "@durable/sdk";

const durable = new Durable({ app: ${json(app)}, env: ${json(environment)} });
await durable.start(${json(run.function)}, ${json(run.event.data ?? null, 2)});
`;
}

/** In single quotes PHP reads nothing but the quote and the backslash. */
function php({ run, origin }: CopyFrom): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return `<?php
$answer = file_get_contents(${quoted(`${origin}${triggerPath(run)}`)}, false, stream_context_create([
    'http' => [
        'method' => 'POST',
        'header' => [
            'content-type: application/json',
            ...(getenv('DURABLE_API_KEY') ? ['authorization: Bearer ' . getenv('DURABLE_API_KEY')] : []),
        ],
        'content' => ${quoted(json({ data: run.event.data ?? null }))},
        'ignore_errors' => true,
    ],
]));
echo $answer;
`;
}

/** The replay needs no engine; where nothing came from outside, a second test lets the whole run happen again on a real one. */
function writeTest({ run }: CopyFrom): string {
  const { id, function: name, status, created_at } = run;
  const variable = variableOf(name);
  const isAlone = endsByItself(run);
  return `// Run ${id} of ${json(name)}, created ${created_at}: ${status}.
import assert from "node:assert/strict";
import { ${isAlone ? "after, before, test" : "test"} } from "node:test";
import { replayRun } from "@durable/sdk/replay";
${isAlone ? `import { createTestKit } from "@durable/sdk/testing";\n` : ""}import { ${variable} } from "./${fileOf(name)}.ts"; // where your function is

const recorded = ${json(recordedOf(run), 2)};

test(${json(`${name} takes the path that is recorded`)}, async () => {
  const { divergence } = await replayRun([${variable}], recorded);
  assert.equal(divergence, null, divergence?.message);
});
${isAlone ? kitTest(variable, name) : ""}`;
}

function recordedOf({ id, app, function: name, status, created_at, event, output, steps }: Run) {
  return {
    ...{ id, app, function: name, status, created_at },
    event: { id: event.id, name: event.name, data: event.data, time: event.time },
    output,
    steps: steps.map(({ id, group, seq, op, name, n, status, value, failure }) => ({
      ...{ id, group, seq, op, name, n, status, value, failure },
    })),
  };
}

function kitTest(variable: string, name: string): string {
  return `
let kit: Awaited<ReturnType<typeof createTestKit>>;
before(async () => {
  kit = await createTestKit({ functions: [${variable}] });
});
after(() => kit.close());

test(${json(`${name} comes to the same on a real engine`)}, async () => {
  assert.deepEqual(await kit.run(${variable}, recorded.event.data), recorded.output);
});
`;
}

const ALONE: ReadonlySet<string> = new Set(["run", "sleep", "join", "branch", "group", "state"]);

/** It completed, and nothing from outside was needed for that. */
function endsByItself({ status, steps }: Run): boolean {
  return status === "completed" && steps.every(({ op }) => ALONE.has(op));
}

function triggerPath({ app, environment, function: name }: Run): string {
  return `/v1/apps/${encodeURIComponent(app)}/${encodeURIComponent(environment)}/functions/${encodeURIComponent(name)}/trigger`;
}

function inShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON is JavaScript, but for two line ends that older parsers take for their own. */
function json(value: unknown, indent?: number): string {
  return (JSON.stringify(value ?? null, null, indent) ?? "null")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/** `order-paid` is `orderPaid`. */
function variableOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const camel = words.map((word, at) => (at === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join("");
  return /^[A-Za-z]/.test(camel) ? camel : `fn${camel}`;
}

function fileOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
}
