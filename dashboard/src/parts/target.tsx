import { Link } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";
import type { Target } from "../here/target.ts";

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
