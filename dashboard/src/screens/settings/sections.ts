import {
  Bell,
  Bot,
  Eraser,
  FileClock,
  FileDown,
  KeyRound,
  type LucideIcon,
  Scroll,
  ShieldAlert,
  Signature,
  Stethoscope,
  Waypoints,
  Webhook,
} from "lucide-react";
import type { SECTIONS } from "./settings-search.ts";

export type Section = (typeof SECTIONS)[number];

interface Face {
  readonly label: string;
  readonly icon: LucideIcon;
}

export const SECTION: Readonly<Record<Section, Face>> = {
  keys: { label: "Keys", icon: KeyRound },
  secrets: { label: "Signing secrets", icon: Signature },
  retention: { label: "Retention", icon: FileClock },
  alerts: { label: "Alerts", icon: Bell },
  webhooks: { label: "Webhooks", icon: Webhook },
  callers: { label: "Callers", icon: Waypoints },
  audit: { label: "Audit", icon: Scroll },
  production: { label: "Production", icon: ShieldAlert },
  export: { label: "Export", icon: FileDown },
  erase: { label: "Erase an owner", icon: Eraser },
  mcp: { label: "MCP", icon: Bot },
  doctor: { label: "Doctor", icon: Stethoscope },
};
