import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useAnnounce } from "./announcer.tsx";
import { Button, type ButtonProps } from "./button.tsx";
import { copyText } from "./copy.ts";

/** How long it says that it has done so. */
const DONE_MS = 1_500;

interface CopyButtonProps extends Omit<ButtonProps, "onClick"> {
  /** What goes to the clipboard; made when it is asked for, because it may be long. */
  readonly text: string | (() => string);
  /** What it is: `the value`, `the run's id`. For who hears the page, and where there is no room for a word. */
  readonly what: string;
  readonly children?: ReactNode;
}

export function CopyButton({ text, what, children, look = "bare", ...rest }: CopyButtonProps) {
  const [state, setState] = useState<"ready" | "done" | "refused">("ready");
  const announce = useAnnounce();
  useEffect(() => {
    if (state === "ready") return;
    const timer = setTimeout(() => setState("ready"), DONE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    const isDone = await copyText(typeof text === "string" ? text : text());
    setState(isDone ? "done" : "refused");
    announce(isDone ? `Copied ${what}` : `The browser does not let this page copy ${what}`);
  };
  const Icon = state === "done" ? Check : Copy;
  return (
    <Button
      {...rest}
      look={look}
      title={state === "refused" ? "The browser does not let this page copy" : `Copy ${what}`}
      {...(children === undefined ? { "aria-label": `Copy ${what}` } : {})}
      onClick={() => void copy()}
    >
      <Icon aria-hidden size={14} />
      {children}
    </Button>
  );
}
