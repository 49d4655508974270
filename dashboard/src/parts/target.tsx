import { Link } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";

/** Where something leads, as data: made by `linkOptions`, which checks it, or by `targetsOf`. */
export interface Target {
  readonly to: string;
  readonly params?: object;
  readonly search?: object | true;
  readonly hash?: string;
}

interface TargetLinkProps extends Omit<ComponentProps<"a">, "href" | "target"> {
  readonly target: Target;
  readonly children: ReactNode;
}

export function TargetLink({ target, children, ...rest }: TargetLinkProps) {
  return (
    <Link {...(target as { to: never })} {...rest}>
      {children}
    </Link>
  );
}
