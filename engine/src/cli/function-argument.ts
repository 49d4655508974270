import type { Environment } from "./context.ts";
import { type Api, type TargetFlags, workspaceOf } from "./target.ts";

/** `shop/checkout`, or `checkout` where the app is known otherwise: the path of the function in the API. */
export async function functionOf(name: string, flags: TargetFlags, environment: Environment, api: Api) {
  const slash = name.indexOf("/");
  const named = slash === -1 ? flags : { ...flags, app: name.slice(0, slash) };
  const workspace = await workspaceOf(named, environment, api);
  return { ...workspace, fn: name.slice(slash + 1) };
}
