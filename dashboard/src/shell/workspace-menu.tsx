import { useLocation, useNavigate } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useAnswer } from "../api/query.ts";
import { useWorkspace } from "../here/workspace.ts";
import { joinClasses } from "../parts/join-classes.ts";
import { lookOf } from "../words/environment.ts";
import { addressIn } from "./same-screen.ts";

/** Where am I; and the same screen elsewhere. */
export function WorkspaceMenu() {
  const { app, env, isProduction } = useWorkspace();
  const apps = useAnswer("listApps", {});
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const look = lookOf(env, isProduction);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="flex min-w-0 items-center gap-2 rounded-md px-1.5 py-1 hover:bg-hover">
        <span className="truncate font-medium">{app}</span>
        <span className={joinClasses("rounded px-1.5 text-xs leading-5 font-bold text-on-accent", look.bar)}>
          {look.label}
        </span>
        <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-muted" />
        <span className="sr-only">Change app or environment</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={4}
          className="z-40 max-h-[70dvh] min-w-56 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-lg"
        >
          {(apps.data?.apps ?? []).map((each) => {
            const other = lookOf(each.environment, each.production);
            return (
              <DropdownMenu.Item
                key={`${each.app}/${each.environment}`}
                onSelect={() =>
                  void navigate({ to: addressIn(pathname, each.app, each.environment) as never })
                }
                className="flex min-h-8 cursor-pointer items-center gap-2 rounded px-2 text-sm outline-none data-highlighted:bg-hover"
              >
                <Check
                  aria-hidden
                  size={14}
                  className={each.app === app && each.environment === env ? "" : "invisible"}
                />
                <span className="flex-1 truncate">{each.app}</span>
                <span className={joinClasses("text-xs font-bold", other.text)}>{other.label}</span>
              </DropdownMenu.Item>
            );
          })}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item
            onSelect={() => void navigate({ to: "/" })}
            className="flex min-h-8 cursor-pointer items-center rounded px-2 pl-8 text-sm outline-none data-highlighted:bg-hover"
          >
            All workspaces
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
