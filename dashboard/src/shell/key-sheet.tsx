import { Dialog } from "radix-ui";
import { useState } from "react";
import { hasSingleKeys, type KeyLine, LIST_KEYS, RUN_KEYS, SHELL_KEYS, setSingleKeys } from "../here/keys.ts";

interface KeySheetProps {
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** What `?` shows. */
export function KeySheet({ isOpen, close }: KeySheetProps) {
  const [isOn, setOn] = useState(hasSingleKeys);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-sunken/70" />
        <Dialog.Content className="fixed top-1/2 left-1/2 z-50 max-h-[85dvh] w-[min(44rem,94vw)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-line bg-raised p-5">
          <Dialog.Title className="text-lg font-semibold">Keys</Dialog.Title>
          <Dialog.Description className="text-sm text-muted">
            Single keys do nothing while you type.
          </Dialog.Description>
          <div className="mt-3 grid gap-x-8 gap-y-4 sm:grid-cols-2">
            <KeyList title="Everywhere" lines={SHELL_KEYS} />
            <KeyList title="In lists" lines={LIST_KEYS} />
            <KeyList title="On a run" lines={RUN_KEYS} />
          </div>
          <label className="mt-5 flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              className="size-4"
              checked={isOn}
              onChange={({ target }) => {
                setSingleKeys(target.checked);
                setOn(target.checked);
              }}
            />
            Single keys are on
          </label>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyList({ title, lines }: { readonly title: string; readonly lines: readonly KeyLine[] }) {
  return (
    <section>
      <h3 className="text-xs font-semibold text-muted">{title}</h3>
      <dl className="mt-1">
        {lines.map(({ keys, does }) => (
          <div key={keys} className="flex justify-between gap-4 py-1 text-sm">
            <dt className="order-2 shrink-0">
              <kbd className="rounded border border-line bg-sunken px-1.5 py-0.5 text-xs">{shown(keys)}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function shown(keys: string): string {
  return keys.replace("$mod", /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl");
}
