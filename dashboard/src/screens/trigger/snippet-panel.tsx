import { useState } from "react";
import { CopyButton } from "../../parts/copy-button.tsx";
import { joinClasses } from "../../parts/join-classes.ts";
import { LANGUAGE, type Language, type Start } from "./snippets.ts";

/** The same from a shell or from code. */
export function SnippetPanel({ start }: { readonly start: Start }) {
  const [language, choose] = useState<Language>("curl");
  const text = LANGUAGE[language].of(start);
  return (
    <section
      aria-label="The same from elsewhere"
      className="min-w-0 overflow-hidden rounded-lg border border-line bg-raised"
    >
      <div className="flex items-center gap-1 border-b border-line px-1.5 py-1">
        {(Object.keys(LANGUAGE) as Language[]).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === language}
            onClick={() => choose(each)}
            className={joinClasses(
              "min-h-7 rounded px-2 text-xs",
              each === language ? "bg-accent-ground font-medium text-accent" : "text-muted hover:text-text",
            )}
          >
            {LANGUAGE[each].label}
          </button>
        ))}
        <span className="flex-1" />
        <CopyButton text={text} what={`the ${LANGUAGE[language].label}`} className="min-h-7" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="max-h-72 overflow-auto p-3 text-xs leading-5">
        {text}
      </pre>
    </section>
  );
}
