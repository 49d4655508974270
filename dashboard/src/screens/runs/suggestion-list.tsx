import { joinClasses } from "../../parts/join-classes.ts";
import type { Suggestion } from "./suggestions.ts";

interface SuggestionListProps {
  /** Of the combobox that owns it. */
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  readonly active: number | null;
  readonly take: (suggestion: Suggestion) => void;
}

/** The focus stays in the combobox, which names the active option. */
export function SuggestionList({ id, suggestions, active, take }: SuggestionListProps) {
  return (
    <div
      id={`${id}-list`}
      role="listbox"
      aria-label="What may be typed next"
      hidden={suggestions.length === 0}
      className="absolute inset-x-0 top-full z-10 mt-1 overflow-hidden rounded-lg border border-line bg-raised p-1 shadow-lg"
    >
      {suggestions.map((suggestion, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: keys go to the combobox
        <div
          key={suggestion.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          // Before the field loses the focus, which closes the list.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(suggestion)}
          className={joinClasses(
            "flex min-h-8 cursor-pointer items-center gap-3 rounded-md px-2.5 text-sm",
            index === active ? "bg-accent-ground text-accent" : "hover:bg-hover",
          )}
        >
          <code className="truncate">{suggestion.label}</code>
          <span className="truncate text-xs text-muted">{suggestion.hint}</span>
        </div>
      ))}
    </div>
  );
}
