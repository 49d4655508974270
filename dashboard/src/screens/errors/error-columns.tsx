import type { Column } from "../../parts/column.ts";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { plainText } from "../../words/ansi.ts";
import { grouped, listed } from "../../words/number.ts";
import { ERROR_STATE, type ErrorGroup, placeOf } from "./error-words.ts";

export const ERROR_COLUMNS: readonly Column<ErrorGroup>[] = [
  {
    id: "what",
    label: "What",
    className: "w-full max-w-0 min-w-72",
    cell: ({ name, message, frame, step }) => (
      <span className="block min-w-0">
        <span className="line-clamp-2 break-words">
          <span className="font-semibold text-bad">{name}</span> {plainText(message)}
        </span>
        <span className="block truncate font-mono text-xs text-muted">
          {placeOf(frame) ?? "a place that the failure does not tell"}
          {step !== null && ` · step ${step}`}
        </span>
      </span>
    ),
  },
  {
    id: "functions",
    label: "Functions",
    cell: ({ functions }) => <span className="break-words">{listed(functions)}</span>,
  },
  { id: "count", label: "Times", align: "right", cell: ({ count }) => grouped(count) },
  {
    id: "trouble",
    label: "In trouble",
    align: "right",
    cell: ({ runs_in_trouble: runs }) =>
      runs === 0 ? (
        <span className="text-muted">0</span>
      ) : (
        <span className="font-semibold">{grouped(runs)}</span>
      ),
  },
  {
    id: "first",
    label: "First seen",
    align: "right",
    className: "max-lg:hidden",
    cell: ({ first_seen }) => <Ago at={first_seen} />,
  },
  {
    id: "last",
    label: "Last seen",
    align: "right",
    onPhone: "aside",
    cell: ({ last_seen }) => <Ago at={last_seen} />,
  },
  {
    id: "state",
    label: "State",
    cell: ({ state }) => <TonePill tone={ERROR_STATE[state].tone}>{ERROR_STATE[state].label}</TonePill>,
  },
];
