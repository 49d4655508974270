import { useTargets } from "../here/targets.ts";
import { shortId } from "./short-id.ts";
import { TargetLink } from "./target.tsx";

/** To one run, by the end of its id. */
export function RunLink({ id }: { readonly id: string }) {
  const targets = useTargets();
  return (
    <TargetLink target={targets.run(id)} title={id} className="font-mono text-xs text-accent hover:underline">
      {shortId(id)}
    </TargetLink>
  );
}

/** To a function, by its name, which may stand in a text: so it is more than a colour. */
export function FunctionLink({ id }: { readonly id: string }) {
  const targets = useTargets();
  return (
    <TargetLink
      target={targets.fn(id)}
      className="break-words text-accent underline decoration-line-strong underline-offset-2 hover:decoration-current"
    >
      {id}
    </TargetLink>
  );
}
