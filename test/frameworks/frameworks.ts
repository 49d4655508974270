import { NEXT_FILES } from "./next-files.ts";
import { snippets } from "./readme.ts";
import { replaceOnce, type Snippet } from "./snippets.ts";

export interface Framework {
  readonly name: string;
  /** Which of the README's snippets it is made of. */
  readonly snippet: string;
  /** What its users have installed anyway, from the registry. */
  readonly packages: readonly string[];
  readonly types: readonly string[];
  /** What its users have in their project anyway. */
  readonly files?: Readonly<Record<string, string>>;
  /** Started with PORT set. */
  readonly start: readonly [string, ...string[]];
  /** Changes a snippet in the way that is to be tried. */
  readonly vary?: (code: string) => string;
  /** Checked with the framework's own tool instead of the compiler. */
  readonly build?: readonly [string, ...string[]];
}

const START = ["node", "server.ts"] as const;

export const FRAMEWORKS: readonly Framework[] = [
  { name: "node:http", snippet: "node", packages: [], types: [], start: START },
  { name: "express", snippet: "express", packages: ["express"], types: ["@types/express"], start: START },
  {
    name: "express after express.json()",
    snippet: "express",
    packages: ["express"],
    types: ["@types/express"],
    start: START,
    vary: (code) =>
      replaceOnce(code, "const app = express();\n", "const app = express();\napp.use(express.json());\n"),
  },
  { name: "hono", snippet: "hono", packages: ["hono", "@hono/node-server"], types: [], start: START },
  { name: "fastify", snippet: "fastify", packages: ["fastify"], types: [], start: START },
  {
    name: "next",
    snippet: "next",
    packages: ["next", "react", "react-dom"],
    types: ["@types/react"],
    start: ["node_modules/.bin/next", "dev"],
    build: ["node_modules/.bin/next", "build"],
    files: NEXT_FILES,
  },
];

/** These need no more than a few seconds of installation, so they are part of `npm test`. */
export const CHEAP = FRAMEWORKS.filter(({ snippet }) => snippet === "node" || snippet === "express");

/** The README's files for a framework: its own, and those that every app has. */
export function filesOf({ name, snippet, vary = (code) => code, files = {} }: Framework): Snippet[] {
  const own = snippets.filter(({ framework }) => framework === snippet);
  if (own.length === 0) throw new Error(`README.md has no snippet for ${name}`);
  return [
    ...snippets.filter(({ framework }) => framework === null),
    ...own.map((one) => ({ ...one, code: vary(one.code) })),
    ...Object.entries(files).map(([file, code]) => ({ file, code, framework: name })),
  ];
}
