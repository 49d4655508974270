import { CopyButton } from "../../parts/copy-button.tsx";
import { joinClasses } from "../../parts/join-classes.ts";
import { phpOf, typescriptOf } from "./schema-snippets.ts";

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
