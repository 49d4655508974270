import { CopyButton } from "../../parts/copy-button.tsx";
import { joinClasses } from "../../parts/join-classes.ts";

/** As the guide of the SDK has it. */
function typescriptOf(fn: string): string {
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
function phpOf(fn: string): string {
  return `// In what your app answers to \`inspect\`:
['id' => ${phpText(fn)}, 'triggers' => [], 'input' => [
    'type' => 'object',
    'properties' => ['order' => ['type' => 'number']],
    'required' => ['order'],
]]`;
}

/** The function says nothing of its input: what that costs, and how to add it. */
export function NoSchema({ fn, isNarrow = false }: { readonly fn: string; readonly isNarrow?: boolean }) {
  return (
    <div className="rounded-lg border border-line bg-raised p-4">
      <h2 className="font-semibold">It says nothing of its input</h2>
      <p className="mt-1 max-w-prose text-sm text-muted">
        With a schema the engine refuses data that does not fit before a run starts, and this page has a form
        in place of plain JSON. Any library of the Standard Schema (zod, valibot, arktype) does.
      </p>
      <div className={joinClasses("mt-3 grid gap-3", !isNarrow && "lg:grid-cols-2")}>
        <Snippet name="TypeScript" text={typescriptOf(fn)} />
        <Snippet name="PHP" text={phpOf(fn)} />
      </div>
    </div>
  );
}

function Snippet({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <figure className="min-w-0 overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-line py-0.5 pr-1 pl-3 text-xs text-muted">
        {name}
        <CopyButton text={text} what={`the ${name}`} className="min-h-6" />
      </figcaption>
      <pre className="overflow-x-auto p-3 text-xs leading-5">{text}</pre>
    </figure>
  );
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
