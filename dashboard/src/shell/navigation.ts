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
  readonly key: string | null;
}

/** In groups, in the order in which a person looks: what is going on, what holds it up, what went wrong, what it runs on. */
export const NAVIGATION: readonly (readonly Destination[])[] = [
  [
    { path: "", label: "Overview", icon: LayoutDashboard, key: "o" },
    { path: "/runs", label: "Runs", icon: Activity, key: "r" },
    { path: "/functions", label: "Functions", icon: SquareFunction, key: "f" },
    { path: "/events", label: "Events", icon: Zap, key: "e" },
    { path: "/inbox", label: "Inbox", icon: Inbox, key: "i" },
  ],
  [
    { path: "/limits", label: "Limits", icon: Gauge, key: "p" },
    { path: "/backlog", label: "Backlog", icon: Layers, key: "b" },
    { path: "/schedules", label: "Schedules", icon: CalendarClock, key: "c" },
  ],
  [
    { path: "/errors", label: "Errors", icon: CircleAlert, key: "x" },
    { path: "/logs", label: "Logs", icon: ScrollText, key: "l" },
    { path: "/metrics", label: "Metrics", icon: ChartLine, key: "m" },
  ],
  [
    { path: "/fleet", label: "Fleet", icon: Server, key: "w" },
    { path: "/bulk", label: "Bulk", icon: ListChecks, key: "u" },
    { path: "/syncs", label: "Syncs", icon: RefreshCw, key: "y" },
    { path: "/settings", label: "Settings", icon: Settings, key: "s" },
  ],
];

export const WORKSPACES: Destination = { path: "/", label: "Workspaces", icon: Boxes, key: "h" };
