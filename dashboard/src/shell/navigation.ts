import {
  Activity,
  Boxes,
  CalendarClock,
  ChartLine,
  CircleAlert,
  Gauge,
  Inbox,
  Layers,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  RefreshCw,
  ScrollText,
  Server,
  Settings,
  SquareFunction,
  Zap,
} from "lucide-react";

export interface Destination {
  /** Below `/{app}/{env}`. */
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** After `g`. */
  readonly letter: string | null;
}

/** In groups, in the order in which a person looks: what is going on, what holds it up, what went wrong, what it runs on. */
export const NAVIGATION: readonly (readonly Destination[])[] = [
  [
    { path: "", label: "Overview", icon: LayoutDashboard, letter: "o" },
    { path: "/runs", label: "Runs", icon: Activity, letter: "r" },
    { path: "/functions", label: "Functions", icon: SquareFunction, letter: "f" },
    { path: "/events", label: "Events", icon: Zap, letter: "e" },
    { path: "/inbox", label: "Inbox", icon: Inbox, letter: "i" },
  ],
  [
    { path: "/limits", label: "Limits", icon: Gauge, letter: "p" },
    { path: "/backlog", label: "Backlog", icon: Layers, letter: "b" },
    { path: "/schedules", label: "Schedules", icon: CalendarClock, letter: "c" },
  ],
  [
    { path: "/errors", label: "Errors", icon: CircleAlert, letter: "x" },
    { path: "/logs", label: "Logs", icon: ScrollText, letter: "l" },
    { path: "/metrics", label: "Metrics", icon: ChartLine, letter: "m" },
  ],
  [
    { path: "/fleet", label: "Fleet", icon: Server, letter: "w" },
    { path: "/bulk", label: "Bulk", icon: ListChecks, letter: "u" },
    { path: "/syncs", label: "Syncs", icon: RefreshCw, letter: "y" },
    { path: "/settings", label: "Settings", icon: Settings, letter: "s" },
  ],
];

export const WORKSPACES: Destination = { path: "/", label: "Workspaces", icon: Boxes, letter: "h" };
