import type { ComponentProps } from "react";
import { joinClasses } from "./join-classes.ts";

const LOOK = {
  plain: "border-line bg-raised text-text hover:bg-hover",
  main: "border-transparent bg-accent text-on-accent hover:opacity-90",
  danger: "border-line bg-raised text-bad hover:bg-bad-ground",
  armed: "border-transparent bg-prod text-on-accent",
  bare: "border-transparent text-muted hover:bg-hover hover:text-text",
} as const;

export interface ButtonProps extends ComponentProps<"button"> {
  readonly look?: keyof typeof LOOK;
}

export function Button({ look = "plain", className, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={joinClasses(
        "inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-2.5 text-sm font-medium whitespace-nowrap",
        "disabled:cursor-not-allowed disabled:opacity-50",
        LOOK[look],
        className,
      )}
      {...rest}
    />
  );
}
