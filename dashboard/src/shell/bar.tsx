import { Link } from "@tanstack/react-router";
import { Keyboard, Moon, Search, Sun, SunMoon } from "lucide-react";
import { useState } from "react";
import { useWorkspace } from "../here/workspace.ts";
import { Button } from "../parts/button.tsx";
import { joinClasses } from "../parts/join-classes.ts";
import { lookOf } from "../words/environment.ts";
import { LineMark } from "./line-mark.tsx";
import { nextTheme, type Theme, themeNow } from "./theme.ts";
import { WorkspaceMenu } from "./workspace-menu.tsx";

interface BarProps {
  readonly openPalette: () => void;
  readonly openKeys: () => void;
}

/** Where am I, and is what I see of now. The strip at its top has the colour of the environment. */
export function Bar({ openPalette, openKeys }: BarProps) {
  const { env, isProduction } = useWorkspace();
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-raised">
      <div className={joinClasses(isProduction ? "h-1.5" : "h-1", lookOf(env, isProduction).bar)} />
      <div className="flex h-12 items-center gap-1.5 px-3 sm:gap-3 sm:px-4">
        <Link to="/" className="hidden font-semibold sm:block">
          Durable
        </Link>
        <span aria-hidden className="hidden text-muted sm:block">
          /
        </span>
        <WorkspaceMenu />
        <span className="flex-1" />
        <LineMark />
        <Button
          look="plain"
          onClick={openPalette}
          aria-label="Go to …"
          className="sm:min-w-40 sm:justify-start"
        >
          <Search aria-hidden size={14} />
          <span className="hidden text-muted sm:inline">Go to …</span>
        </Button>
        <Button look="bare" onClick={openKeys} aria-label="Keys" className="hidden sm:inline-flex">
          <Keyboard aria-hidden size={16} />
        </Button>
        <ThemeButton />
      </div>
    </header>
  );
}

const THEMES = {
  system: { icon: SunMoon, label: "As the system has it" },
  light: { icon: Sun, label: "Light" },
  dark: { icon: Moon, label: "Dark" },
} as const;

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(themeNow);
  const { icon: Icon, label } = THEMES[theme];
  return (
    <Button look="bare" aria-label={`Theme: ${label}`} title={label} onClick={() => setTheme(nextTheme())}>
      <Icon aria-hidden size={16} />
    </Button>
  );
}
