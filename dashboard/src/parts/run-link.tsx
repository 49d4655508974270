import { targetsOf, useTargets } from "../here/targets.ts";
import { useWorkspaceParams } from "../here/workspace.ts";
import { shortId } from "./short-id.ts";
import { TargetLink } from "./target.tsx";

/** To one run, by the end of its id; with its app, where that is another one. */
export function RunLink({ id, app = null }: { readonly id: string; readonly app?: string | null }) {
  const here = useWorkspaceParams();
  const target = targetsOf(app === null ? here : { ...here, app }).run(id);
  return (
    <TargetLink target={target} title={id} className="font-mono text-xs text-accent hover:underline">
      {app !== null && `${app} `}
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
