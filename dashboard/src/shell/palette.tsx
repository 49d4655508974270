import { useNavigate, useParams } from "@tanstack/react-router";
import { Dialog } from "radix-ui";
import { useMemo, useState } from "react";
import { useAnswer } from "../api/query.ts";
import { joinClasses } from "../parts/join-classes.ts";
import { NAVIGATION } from "./navigation.ts";
import { itemsOfId, type PaletteItem, rankItems } from "./palette-items.ts";

interface PaletteProps {
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** From anywhere to anywhere: screens, apps, functions, and any id that is pasted. A combobox by the APG, in a dialog. */
export function Palette({ isOpen, close }: PaletteProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-sunken/70" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[min(38rem,94vw)] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-xl"
        >
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <PaletteList close={close} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteList({ close }: { readonly close: () => void }) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const navigate = useNavigate();
  const items = usePlaces();
  const shown = useMemo(() => [...rankItems(items, typed), ...itemsOfId(typed)], [items, typed]);
  const current = Math.min(chosen, shown.length - 1);

  function open(item: PaletteItem | undefined): void {
    if (item === undefined) return;
    close();
    void navigate({ to: item.to as never });
  }
  function move(by: number): void {
    setChosen((current + by + shown.length) % Math.max(1, shown.length));
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => open(shown[current]),
  };

  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: whoever opens a palette wants to type
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={shown[current] === undefined ? undefined : `palette-${current}`}
        aria-label="Go to a screen, an app, a function, or an id"
        placeholder="Screen, app, function, or any id"
        className="h-12 w-full border-b border-line bg-transparent px-4 outline-none"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          const handle = keys[event.key];
          if (handle === undefined) return;
          event.preventDefault();
          handle();
        }}
      />
      <div
        id="palette-list"
        role="listbox"
        aria-label="Places"
        className="max-h-[50dvh] overflow-y-auto p-1.5"
      >
        {shown.map((item, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: as above; keys go to the combobox
          <div
            key={item.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === current}
            onClick={() => open(item)}
            className={joinClasses(
              "flex min-h-9 cursor-pointer items-center justify-between gap-4 rounded-md px-2.5",
              index === current ? "bg-accent-ground text-accent" : "hover:bg-hover",
            )}
          >
            <span className="truncate">{item.label}</span>
            <span className="shrink-0 text-xs text-muted">{item.hint}</span>
          </div>
        ))}
        {shown.length === 0 && (
          <p className="px-3 py-6 text-center text-sm text-muted">Nothing is called so.</p>
        )}
      </div>
    </>
  );
}

/** Screens and functions of this workspace, then the other workspaces. */
function usePlaces(): PaletteItem[] {
  const { app, env } = useParams({ strict: false }) as { app?: string; env?: string };
  const apps = useAnswer("listApps", {});
  const isHere = app !== undefined && env !== undefined;
  const functions = useAnswer(
    "listFunctions",
    { params: { app: app ?? "", env: env ?? "" } },
    { when: isHere },
  );
  return useMemo(() => {
    const here = `/${app}/${env}`;
    const screens = NAVIGATION.flat().map(({ path, label }) => ({
      id: path,
      label,
      hint: "Screen",
      to: here + path,
    }));
    const called = (functions.data?.functions ?? []).map(({ id }) => ({
      id: `f-${id}`,
      label: id,
      hint: "Function",
      to: `${here}/functions/${encodeURIComponent(id)}`,
    }));
    const workspaces = (apps.data?.apps ?? []).map((each) => ({
      id: `w-${each.app}/${each.environment}`,
      label: `${each.app} ${each.environment}`,
      hint: "Workspace",
      to: `/${each.app}/${each.environment}`,
    }));
    return [...(isHere ? [...screens, ...called] : []), ...workspaces];
  }, [app, env, isHere, apps.data, functions.data]);
}
