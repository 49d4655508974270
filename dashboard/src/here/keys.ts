// Every key there is, said once: the sheet that `?` opens is made from it, and so are the handlers.
import { useEffect } from "react";
import { tinykeys } from "tinykeys";

export interface KeyLine {
  /** As tinykeys writes it: `g r`, `Shift+R`, `$mod+k`. */
  readonly keys: string;
  readonly does: string;
}

const KEPT = "durable-single-keys";

/** Single keys get in the way of speech input: whoever wants can turn them off, in this browser. */
export function hasSingleKeys(): boolean {
  return localStorage.getItem(KEPT) !== "off";
}

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, "off");
}

/** After `g` a letter leads to a screen, and means nothing else; tinykeys waits so long for it. */
const LEADER = "g";
const SEQUENCE_MS = 1_000;

const pressed = { key: "", atMs: 0, isSecond: false };

function notePressed({ key, timeStamp, repeat }: KeyboardEvent): void {
  if (repeat) return;
  pressed.isSecond = pressed.key === LEADER && !pressed.isSecond && timeStamp - pressed.atMs < SEQUENCE_MS;
  pressed.key = key;
  pressed.atMs = timeStamp;
}

/** While it is on the screen. Nothing happens while somebody types, and nothing by single keys when they are off. */
export function useKeys(handlers: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  // Before any handler hears of it; the same function is added once, however often.
  useEffect(() => window.addEventListener("keydown", notePressed, true), []);
  useEffect(
    () =>
      tinykeys(
        window,
        Object.fromEntries(
          Object.entries(handlers).map(([keys, handle]) => [
            keys,
            (event: KeyboardEvent) => {
              const isModified = keys.includes("$mod");
              if (pressed.isSecond && !keys.includes(" ")) return;
              if (
                !isModified &&
                (isTyping(event) || !hasSingleKeys() || document.querySelector("[role=dialog]"))
              )
                return;
              event.preventDefault();
              handle(event);
            },
          ]),
        ),
      ),
    [handlers],
  );
}

/** Into a field, with a modifier, or in a dialog: then single keys mean nothing here. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
    return true;
  const target = event.target as HTMLElement;
  if (target.isContentEditable || target.closest("[role=dialog],[role=listbox],[role=menu]") !== null)
    return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export const SHELL_KEYS: readonly KeyLine[] = [
  { keys: "$mod+k", does: "Go to a screen, an app, a function, or any id" },
  { keys: "/", does: "To the filter of this screen" },
  { keys: "g then a letter", does: "To a screen: the letter stands beside it" },
  { keys: "e", does: "The same screen in another environment" },
  { keys: "t", does: "Light, dark, or as the system has it" },
  { keys: "?", does: "This sheet" },
];

export const LIST_KEYS: readonly KeyLine[] = [
  { keys: "j / k", does: "Next, previous row" },
  { keys: "Enter", does: "Open the row" },
  { keys: "x / Shift+x", does: "Select a row, or up to here" },
];

export const RUN_KEYS: readonly KeyLine[] = [
  { keys: "r / Shift+r", does: "Run it again; with edits" },
  { keys: "s", does: "Run it again from the selected step" },
  { keys: "c", does: "Cancel it" },
  { keys: "y / Shift+y", does: "Copy its id; its address" },
  { keys: "← → ↑ ↓", does: "Fold, unfold, previous, next step" },
  { keys: "[ / ]", does: "Fold all, unfold all" },
  { keys: "u", does: "To the step it is part of" },
  { keys: "p", does: "Show the critical path" },
  { keys: "i", does: "Fold the time in which nothing happened" },
  { keys: "z / 0", does: "Zoom to the selected step; show all" },
  { keys: "f", does: "Follow what happens" },
];
