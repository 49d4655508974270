// How a function says what its input is, to be copied.

/** As the guide of the SDK has it. */
export function typescriptOf(fn: string): string {
  return `import { createFunction } from "@durable/sdk";
import * as z from "zod";

export const ${identifierOf(fn)} = createFunction({
  id: ${JSON.stringify(fn)},
  input: z.object({ order: z.number() }),
  handler: async ({ event, step }) => {
    // event.data.order is a number here
  },
});`;
}

/** There is no SDK for PHP yet: what an app tells of its functions is JSON, whatever writes it. */
export function phpOf(fn: string): string {
  return `// In what your app answers to \`inspect\`:
['id' => ${phpText(fn)}, 'triggers' => [], 'input' => [
    'type' => 'object',
    'properties' => ['order' => ['type' => 'number']],
    'required' => ['order'],
]]`;
}

/** `send-mail` as a name in TypeScript. */
export function identifierOf(fn: string): string {
  const words = fn.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const name = words
    .map((word, index) => (index === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join("");
  return /^[A-Za-z]/.test(name) ? name : `fn${name}`;
}

function phpText(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
