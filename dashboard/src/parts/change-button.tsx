import type { AnswerOf, ChangeOperation, InputOf } from "@durable/engine/api";
import type { ReactNode } from "react";
import { useChange } from "../api/change.ts";
import type { ButtonProps } from "./button.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { ProblemPanel } from "./problem-panel.tsx";

interface ChangeButtonProps<Name extends ChangeOperation> extends Omit<ButtonProps, "onClick"> {
  readonly operation: Name;
  readonly input: InputOf<Name>;
  /** As an order: `Run the schedule now`. */
  readonly does: string;
  readonly done?: (answer: AnswerOf<Name>) => void;
  readonly children: ReactNode;
}

/** A change that one click makes, with what went wrong below it. */
export function ChangeButton<Name extends ChangeOperation>({
  operation,
  done,
  ...rest
}: ChangeButtonProps<Name>) {
  const change = useChange(operation, done);
  return (
    <span className="inline-flex max-w-full flex-col items-start gap-2">
      <ConfirmButton change={change} {...rest} />
      {change.error && <ProblemPanel error={change.error} />}
    </span>
  );
}
