import {
  ChevronsDownUp,
  ChevronsUpDown,
  CircleX,
  FoldHorizontal,
  History,
  type LucideIcon,
  Radio,
  Route,
  ZoomIn,
} from "lucide-react";
import { Button } from "../parts/button.tsx";
import { joinClasses } from "../parts/join-classes.ts";
import type { ChangeOptions, TraceOptions } from "./options.ts";

interface ToolbarProps {
  readonly options: TraceOptions;
  readonly change: ChangeOptions;
  readonly isFolded: boolean;
  readonly isLive: boolean;
  readonly endMs: number;
  readonly canZoom: boolean;
  readonly zoomToSelection: () => void;
  readonly turnAll: (open: boolean) => void;
}

/** How it is looked at. Each has a key, which its tooltip says. */
export function Toolbar({
  options,
  change,
  isFolded,
  isLive,
  endMs,
  canZoom,
  zoomToSelection,
  turnAll,
}: ToolbarProps) {
  const isZoomed = options.zoom !== undefined;
  return (
    <div role="toolbar" aria-label="View of the trace" className="flex flex-wrap items-center gap-1.5">
      <Toggle
        icon={FoldHorizontal}
        label="Fold idle time"
        keys="i"
        isOn={isFolded}
        set={(isOn) => change({ fold: isOn ? 1 : 0 })}
      />
      <Toggle
        icon={Route}
        label="Critical path"
        keys="p"
        isOn={options.critical === 1}
        set={(isOn) => change({ critical: isOn ? 1 : undefined })}
      />
      <Toggle
        icon={CircleX}
        label="Only failed"
        isOn={options.failed === 1}
        set={(isOn) => change({ failed: isOn ? 1 : undefined })}
      />
      <Toggle
        icon={History}
        label="As of …"
        isOn={options.at !== undefined}
        set={(isOn) => change({ at: isOn ? new Date(endMs).toISOString() : undefined, follow: undefined })}
      />
      {isLive && (
        <Toggle
          icon={Radio}
          label="Follow"
          keys="f"
          isOn={options.follow === 1}
          set={(isOn) => change({ follow: isOn ? 1 : undefined, zoom: undefined, at: undefined })}
        />
      )}
      <span className="flex-1" />
      {(isZoomed || canZoom) && (
        <Button
          className="min-h-7 px-2 text-xs"
          title={isZoomed ? "Show all (0)" : "Zoom to the selected row (z)"}
          onClick={() => (isZoomed ? change({ zoom: undefined }) : zoomToSelection())}
        >
          <ZoomIn aria-hidden size={14} />
          {isZoomed ? "Show all" : "Zoom to it"}
        </Button>
      )}
      <Button
        look="bare"
        className="min-h-7 px-1.5"
        title="Fold all ([)"
        aria-label="Fold all"
        onClick={() => turnAll(false)}
      >
        <ChevronsDownUp aria-hidden size={15} />
      </Button>
      <Button
        look="bare"
        className="min-h-7 px-1.5"
        title="Unfold all (])"
        aria-label="Unfold all"
        onClick={() => turnAll(true)}
      >
        <ChevronsUpDown aria-hidden size={15} />
      </Button>
    </div>
  );
}

interface ToggleProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly keys?: string;
  readonly isOn: boolean;
  readonly set: (isOn: boolean) => void;
}

function Toggle({ icon: Icon, label, keys, isOn, set }: ToggleProps) {
  return (
    <Button
      aria-pressed={isOn}
      title={keys === undefined ? label : `${label} (${keys})`}
      className={joinClasses("min-h-7 px-2 text-xs", isOn && "border-accent! bg-accent-ground! text-accent")}
      onClick={() => set(!isOn)}
    >
      <Icon aria-hidden size={14} />
      {label}
    </Button>
  );
}
