import { Panel } from "../../parts/panel.tsx";
import { manifestOf } from "../../words/manifest.ts";
import { rulesSaid } from "../../words/manifest-words.ts";
import { triggersSaid } from "../../words/trigger-words.ts";

/** What the app declares of it, in words. */
export function FunctionRules({ manifest }: { readonly manifest: unknown }) {
  const declared = manifestOf(manifest);
  const rules = rulesSaid(declared);
  return (
    <Panel title="How it runs">
      <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[9rem_minmax(0,1fr)]">
        <Rule name="Starts">
          {triggersSaid(declared).map((said) => (
            <p key={said}>{said}</p>
          ))}
        </Rule>
        {rules.map(({ name, said }) => (
          <Rule key={`${name}${said}`} name={name}>
            {said}
          </Rule>
        ))}
        {declared.tags && <Rule name="Tags">{declared.tags.join(", ")}</Rule>}
        {declared.searchable && (
          <Rule name="Found by">
            <code>{declared.searchable.join(", ")}</code>
          </Rule>
        )}
      </dl>
      {rules.length === 0 && (
        <p className="mt-3 text-sm text-muted">
          Nothing holds it back: as many runs at once as there are, tried again by the usual rule.
        </p>
      )}
    </Panel>
  );
}

function Rule({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="mb-1 break-words sm:mb-0">{children}</dd>
    </>
  );
}
