import { Search, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { SuggestionList } from "./suggestion-list.tsx";
import { type Suggestion, suggestionsFor } from "./suggestions.ts";
import type { Filter } from "./use-filter.ts";
import { useKnown } from "./use-known.ts";

interface FilterFieldProps {
  readonly filter: Filter;
  /** What the engine says is wrong with the text. */
  readonly flaw: string | null;
}

/** What is looked for, with what may be typed next below it: a combobox as the APG describes it. Enter applies. */
export function FilterField({ filter, flaw }: FilterFieldProps) {
  const [text, setText] = useState(filter.text);
  const [isOpen, open] = useState(false);
  const [active, activate] = useState<number | null>(null);
  const [caret, setCaret] = useState(0);
  const [wasUsed, use] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const known = useKnown(wasUsed);
  const suggestions = isOpen ? suggestionsFor(text, caret, known) : [];

  // The filter is changed by pills and by going back, too.
  useEffect(() => setText(filter.text), [filter.text]);

  function change(typed: string, at: number): void {
    setText(typed);
    setCaret(at);
    activate(null);
    open(true);
  }
  function apply(typed: string): void {
    open(false);
    activate(null);
    filter.set(typed);
  }
  function take({ text: taken, isWhole }: Suggestion): void {
    if (isWhole) {
      setText(taken);
      apply(taken);
      return;
    }
    change(taken, taken.length);
    input.current?.focus();
  }
  function move(by: 1 | -1): void {
    if (!isOpen) {
      open(true);
      return;
    }
    const count = suggestions.length;
    if (count > 0) activate((now) => ((now ?? (by === 1 ? -1 : 0)) + by + count) % count);
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => {
      const chosen = active === null ? undefined : suggestions[active];
      if (chosen === undefined) apply(text);
      else take(chosen);
    },
    Escape: () => {
      if (isOpen && suggestions.length > 0) open(false);
      else setText(filter.text);
    },
  };

  return (
    <div className="relative">
      <Search aria-hidden size={15} className="absolute top-2.5 left-3 text-muted" />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Filter runs"
        aria-autocomplete="list"
        aria-expanded={suggestions.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={active === null ? undefined : `${id}-${active}`}
        aria-invalid={flaw === null ? undefined : true}
        aria-describedby={flaw === null ? undefined : `${id}-flaw`}
        autoComplete="off"
        spellCheck={false}
        placeholder="status:failed function:pay after:2h, or any id"
        value={text}
        onChange={({ target }) => change(target.value, target.selectionStart ?? target.value.length)}
        onFocus={({ target }) => {
          use(true);
          setCaret(target.selectionStart ?? text.length);
        }}
        onClick={({ currentTarget }) => change(text, currentTarget.selectionStart ?? text.length)}
        onBlur={() => open(false)}
        onKeyDown={(event) => {
          const handle = keys[event.key];
          if (handle === undefined || event.nativeEvent.isComposing) return;
          event.preventDefault();
          handle();
        }}
        className="h-9 w-full rounded-lg border border-line-strong bg-raised pr-9 pl-9 font-mono text-sm placeholder:font-sans placeholder:text-muted aria-invalid:border-bad [&::-webkit-search-cancel-button]:hidden"
      />
      {text !== "" && (
        <button
          type="button"
          aria-label="Clear the filter"
          onClick={() => {
            setText("");
            apply("");
            input.current?.focus();
          }}
          className="absolute top-1.5 right-1.5 inline-flex size-6 items-center justify-center rounded text-muted hover:bg-hover hover:text-text"
        >
          <X aria-hidden size={14} />
        </button>
      )}
      <SuggestionList id={id} suggestions={suggestions} active={active} take={take} />
      {flaw !== null && (
        <p id={`${id}-flaw`} role="alert" className="mt-1 text-sm text-bad">
          {flaw}
        </p>
      )}
    </div>
  );
}
