/**
 * The address of the same screen in another workspace: `/shop/dev/runs/01a2` -> `/shop/prod/runs`. What is of one thing only (a run, a
 * function's page under its id) is not there; its list is.
 */
export function addressIn(pathname: string, app: string, env: string): string {
  const [, , , screen] = pathname.split("/");
  const here = `/${encodeURIComponent(app)}/${encodeURIComponent(env)}`;
  if (screen === undefined || screen === "" || screen === "compare") return here;
  return `${here}/${screen}`;
}

/** The environment after this one, of the same app, in the order of the list; null when there is no other. */
export function nextEnvironment(
  workspaces: readonly { readonly app: string; readonly environment: string }[],
  app: string,
  env: string,
): string | null {
  const all = workspaces.filter((each) => each.app === app).map(({ environment }) => environment);
  const next = all[(all.indexOf(env) + 1) % all.length];
  return next === undefined || next === env ? null : next;
}
