import { useTargets } from "../shell/targets.ts";
import { shortId } from "./short-id.ts";
import { TargetLink } from "./target.tsx";

const LOOK = "text-accent hover:underline";

/** To one run, by the end of its id. */
export function RunLink({ id }: { readonly id: string }) {
  const targets = useTargets();
  return (
    <TargetLink target={targets.run(id)} title={id} className={`font-mono text-xs ${LOOK}`}>
      {shortId(id)}
    </TargetLink>
  );
}

/** To a function, by its name. */
export function FunctionLink({ id }: { readonly id: string }) {
  const targets = useTargets();
  return (
    <TargetLink target={targets.fn(id)} className={`break-words ${LOOK}`}>
      {id}
    </TargetLink>
  );
}
