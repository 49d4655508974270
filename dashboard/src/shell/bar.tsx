import { Link } from "@tanstack/react-router";
import { joinClasses } from "../parts/join-classes.ts";
import { lookOf } from "../words/environment.ts";
import { LineMark } from "./line-mark.tsx";
import { useWorkspace } from "./workspace.ts";

/** Where am I, and is what I see of now. The strip at its top has the colour of the environment. */
export function Bar() {
  const { app, env, isProduction } = useWorkspace();
  const look = lookOf(env, isProduction);
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-raised">
      <div className={joinClasses("h-1", look.bar)} />
      <div className="flex h-12 items-center gap-3 px-4">
        <Link to="/" className="font-semibold">
          Durable
        </Link>
        <span className="text-muted">/</span>
        <span className="truncate font-medium">{app}</span>
        <span className={joinClasses("rounded px-1.5 text-xs leading-5 font-bold text-on-accent", look.bar)}>
          {look.label}
        </span>
        <span className="flex-1" />
        <LineMark />
      </div>
    </header>
  );
}
