import { Link } from "@tanstack/react-router";
import { useWorkspaceParams } from "../here/workspace.ts";
import { joinClasses } from "../parts/join-classes.ts";
import { type Destination, NAVIGATION } from "./navigation.ts";

interface NavigationProps {
  /** Questions to people that are open. */
  readonly asked: number;
}

/** At the side where there is room for it. */
export function SideNavigation({ asked }: NavigationProps) {
  return (
    <nav
      aria-label="Screens"
      className="sticky top-[53px] hidden h-[calc(100dvh-53px)] w-44 shrink-0 overflow-y-auto border-r border-line p-2 md:block"
    >
      {NAVIGATION.map((group) => (
        <ul key={group[0]!.label} className="mb-3">
          {group.map((destination) => (
            <li key={destination.label}>
              <Place {...destination} count={destination.path === "/inbox" ? asked : 0} />
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

export function Place({ path, label, icon: Icon, count }: Destination & { readonly count: number }) {
  const { app, env } = useWorkspaceParams();
  return (
    <Link
      to={`/${app}/${env}${path}` as never}
      activeOptions={{ exact: path === "", includeSearch: false }}
      className={joinClasses(
        "flex h-8 items-center gap-2 rounded-md px-2 text-sm text-muted hover:bg-hover hover:text-text",
        "aria-[current=page]:bg-accent-ground aria-[current=page]:font-medium aria-[current=page]:text-accent",
      )}
    >
      <Icon aria-hidden size={15} />
      {label}
      {count > 0 && (
        <span className="ml-auto rounded-full bg-calm-ground px-1.5 text-xs leading-5 font-semibold text-calm">
          {count}
          <span className="sr-only"> open</span>
        </span>
      )}
    </Link>
  );
}
