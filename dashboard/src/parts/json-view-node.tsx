import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import {
  CHARACTERS_AT_ONCE,
  countOf,
  type JsonKind,
  kindOf,
  MEMBERS_AT_ONCE,
  membersOf,
  preview,
  scalarText,
} from "./json-view-model.ts";

/** Colour beside what the signs say already: quotes, digits, words. */
const LOOK: Readonly<Record<JsonKind, string>> = {
  null: "text-muted",
  boolean: "text-held",
  number: "text-accent",
  string: "text-good",
  array: "",
  object: "",
};

interface NodeProps {
  readonly name: string | null;
  readonly value: unknown;
  /** Levels below this one that stand open. */
  readonly open: number;
}

/** One member with all that is below it. What is folded is not drawn. */
export function JsonNode(props: NodeProps) {
  return countOf(props.value) === 0 ? <Leaf {...props} /> : <Branch {...props} />;
}

function Leaf({ name, value }: NodeProps) {
  const kind = kindOf(value);
  return (
    <div className="pl-5 break-words">
      <Name name={name} />
      {kind === "string" ? (
        <Text value={value as string} />
      ) : (
        <span className={LOOK[kind]}>
          {kind === "array" ? "[]" : kind === "object" ? "{}" : scalarText(value)}
        </span>
      )}
    </div>
  );
}

function Branch({ name, value, open }: NodeProps) {
  const [isOpen, setOpen] = useState(open > 0);
  const [most, setMost] = useState(MEMBERS_AT_ONCE);
  const count = countOf(value);
  const [left, right] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-6 w-full items-center rounded text-left hover:bg-hover"
      >
        <Icon aria-hidden size={14} className="mr-1.5 shrink-0 text-muted" />
        <span className="min-w-0 break-words">
          <Name name={name} />
          {left}
          {!isOpen && (
            <>
              <span className="text-muted"> {preview(value)} </span>
              {right}
            </>
          )}
        </span>
      </button>
      {isOpen && (
        <>
          <div className="ml-[6px] border-l border-line pl-3">
            {membersOf(value, most).map((member, at) => (
              <JsonNode key={member.name ?? at} name={member.name} value={member.value} open={open - 1} />
            ))}
            {count > most && (
              <More onClick={() => setMost(most + MEMBERS_AT_ONCE)}>
                {`${Math.min(MEMBERS_AT_ONCE, count - most)} more of ${(count - most).toLocaleString("en-GB")}`}
              </More>
            )}
          </div>
          <div className="pl-5">{right}</div>
        </>
      )}
    </div>
  );
}

/** Long ones are cut until somebody wants them; those of several lines can be read as lines. */
function Text({ value }: { readonly value: string }) {
  const [isWhole, setWhole] = useState(false);
  const isLong = value.length > CHARACTERS_AT_ONCE || value.includes("\n");
  if (isWhole)
    return (
      <>
        <More onClick={() => setWhole(false)}>less</More>
        <span className={`block rounded bg-sunken p-2 whitespace-pre-wrap ${LOOK.string}`}>{value}</span>
      </>
    );
  return (
    <>
      <span className={LOOK.string}>{scalarText(value.slice(0, CHARACTERS_AT_ONCE))}</span>
      {isLong && (
        <More onClick={() => setWhole(true)}>
          {value.length > CHARACTERS_AT_ONCE
            ? `… all ${value.length.toLocaleString("en-GB")} characters`
            : "as text"}
        </More>
      )}
    </>
  );
}

function Name({ name }: { readonly name: string | null }) {
  if (name === null) return null;
  return (
    <>
      <span className="font-medium">{name === "" ? '""' : name}</span>
      <span className="text-muted">: </span>
    </>
  );
}

function More({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="ml-1 min-h-6 rounded px-1 text-accent underline-offset-2 hover:underline"
    >
      {children}
    </button>
  );
}
