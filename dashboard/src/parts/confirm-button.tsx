import type { ChangeOperation, InputOf } from "@durable/engine/api";
import { type ReactNode, useEffect } from "react";
import type { Change } from "../api/change.ts";
import { useWorkspace } from "../here/workspace.ts";
import { lookOf } from "../words/environment.ts";
import { useAnnounce } from "./announcer.tsx";
import { Button, type ButtonProps } from "./button.tsx";

interface ConfirmButtonProps<Name extends ChangeOperation> extends Omit<ButtonProps, "onClick"> {
  readonly change: Change<Name>;
  readonly input: InputOf<Name>;
  /** What it does, as an order: `Cancel 1 run`. */
  readonly does: string;
  readonly children: ReactNode;
}

/**
 * A button that changes something. In production the server asks again: then the button is armed where it is, says what the second
 * click does and where, and keeps the focus. Esc disarms it.
 */
export function ConfirmButton<Name extends ChangeOperation>({
  change,
  input,
  does,
  children,
  look = "plain",
  disabled,
  ...rest
}: ConfirmButtonProps<Name>) {
  const { env, isProduction } = useWorkspace();
  const announce = useAnnounce();
  const { label } = lookOf(env, isProduction);
  const armed = `${does} in ${label} – click again`;
  useEffect(() => {
    if (change.isArmed) announce(armed);
  }, [change.isArmed, announce, armed]);
  return (
    <Button
      {...rest}
      look={change.isArmed ? "armed" : look}
      disabled={disabled === true || change.isBusy}
      onClick={() => change.go(input)}
      onKeyDown={(event) => event.key === "Escape" && change.disarm()}
    >
      {change.isArmed ? armed : children}
    </Button>
  );
}
