import { Link, useParams } from "@tanstack/react-router";
import { NAVIGATION } from "./navigation.ts";

export function SideNavigation() {
  const { app, env } = useParams({ from: "/$app/$env" });
  return (
    <nav
      aria-label="Screens"
      className="sticky top-13 hidden h-[calc(100dvh-52px)] w-48 shrink-0 overflow-y-auto border-r border-line p-2 md:block"
    >
      {NAVIGATION.map((group) => (
        <ul key={group[0]!.label} className="mb-3">
          {group.map(({ path, label, icon: Icon }) => (
            <li key={label}>
              <Link
                to={`/${app}/${env}${path}` as never}
                activeOptions={{ exact: path === "" }}
                className="flex h-8 items-center gap-2 rounded-md px-2 text-sm text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-accent-ground aria-[current=page]:font-medium aria-[current=page]:text-accent"
              >
                <Icon aria-hidden size={15} />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}
