import { Link } from "@tanstack/react-router";
import { Menu } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { useWorkspaceParams } from "../here/workspace.ts";
import { NAVIGATION } from "./navigation.ts";
import { Place } from "./side-navigation.tsx";

/** What a thumb reaches on a phone: the four screens of an incident, and all others in a sheet. */
const AT_HAND = ["", "/runs", "/errors", "/inbox"];

export function BottomNavigation({ asked }: { readonly asked: number }) {
  const { app, env } = useWorkspaceParams();
  const [isOpen, setOpen] = useState(false);
  const places = NAVIGATION.flat().filter(({ path }) => AT_HAND.includes(path));
  const cell =
    "flex flex-1 flex-col items-center justify-center gap-0.5 text-xs text-muted aria-[current=page]:font-medium aria-[current=page]:text-accent";
  return (
    <nav
      aria-label="Screens at hand"
      className="fixed inset-x-0 bottom-0 z-30 flex h-14 border-t border-line bg-raised pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places.map(({ path, label, icon: Icon }) => (
        <Link
          key={label}
          to={`/${app}/${env}${path}` as never}
          activeOptions={{ exact: path === "" }}
          className={cell}
        >
          <Icon aria-hidden size={18} />
          {path === "/inbox" && asked > 0 ? `${label} (${asked})` : label}
        </Link>
      ))}
      <Dialog.Root open={isOpen} onOpenChange={setOpen}>
        <Dialog.Trigger className={cell}>
          <Menu aria-hidden size={18} />
          More
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-sunken/70" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-x-0 bottom-0 z-50 max-h-[80dvh] overflow-y-auto rounded-t-xl border-t border-line bg-raised p-4 pb-8"
          >
            <Dialog.Title className="mb-2 font-semibold">Screens</Dialog.Title>
            {/* biome-ignore lint/a11y: a click on any of its links closes the sheet; keys do by the link itself */}
            <div onClick={() => setOpen(false)} className="grid grid-cols-2 gap-1">
              {NAVIGATION.flat().map((destination) => (
                <Place
                  key={destination.label}
                  {...destination}
                  count={destination.path === "/inbox" ? asked : 0}
                />
              ))}
            </div>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </nav>
  );
}
