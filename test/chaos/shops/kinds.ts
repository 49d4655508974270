import type { Kind } from "../kind.ts";

const FROM_TO = `durable.children c
  join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
  join durable.workspaces child on child.id = c.workspace_id
  join durable.workspaces parent on parent.id = c.parent_workspace_id`;

const invoked = (fn: "ship" | "label", parent: string, child: string) =>
  `select c.parent_workspace_id, c.parent_run_id from ${FROM_TO}
     where r.function_id = '${fn}' and r.status = 'completed' and parent.app = '${parent}' and child.app = '${child}'`;

const of = (fn: string, condition: string) =>
  `select r.workspace_id, r.id from durable.runs r join durable.workspaces w on w.id = r.workspace_id
     where w.app like 'shop-%' and r.function_id = '${fn}' and ${condition}`;

/** What the shops do for each other. */
export const SHOP_KINDS: readonly Kind[] = [
  {
    name: "TypeScript's order shipped by PHP",
    minimum: 40,
    runs: invoked("ship", "shop-typescript", "shop-php"),
  },
  {
    name: "PHP's order shipped by TypeScript",
    minimum: 40,
    runs: invoked("ship", "shop-php", "shop-typescript"),
  },
  {
    name: "PHP invoked TypeScript back",
    minimum: 40,
    runs: invoked("label", "shop-php", "shop-typescript"),
  },
  {
    name: "TypeScript invoked PHP back",
    minimum: 40,
    runs: invoked("label", "shop-typescript", "shop-php"),
  },
  {
    name: "error from the other shop",
    minimum: 10,
    runs: of("checkout", "r.output like '%NoCarrierError%'"),
  },
  { name: "order undone", minimum: 10, runs: of("checkout", "r.status = 'failed'") },
  { name: "mail sent at most once", minimum: 80, runs: of("mail", "r.status = 'completed'") },
];
