import { TABLE } from "@durable/engine/table";

export function routesText(): string {
  const rows = Object.entries(TABLE).map(
    ([name, { method, path }]) =>
      `  ${name}: [${JSON.stringify(method.toUpperCase())}, ${JSON.stringify(path)}],`,
  );
  return `// Written by scripts/write-routes.ts from the engine's route table; a test compares.
import type { Operation } from "@durable/engine/api";

export const ROUTES = {
${rows.join("\n")}
} as const satisfies Record<Operation, readonly [method: string, path: string]>;
`;
}
