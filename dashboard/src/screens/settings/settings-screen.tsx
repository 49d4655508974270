import { Link, useSearch } from "@tanstack/react-router";
import { type FunctionComponent, useEffect, useRef } from "react";
import { PageHead } from "../../parts/page-head.tsx";
import { AlertsSection } from "./alerts-section.tsx";
import { AuditSection } from "./audit-section.tsx";
import { CallersSection } from "./callers-section.tsx";
import { DoctorSection } from "./doctor-section.tsx";
import { EraseSection } from "./erase-section.tsx";
import { ExportSection } from "./export-section.tsx";
import { KeysSection } from "./keys-section.tsx";
import { McpSection } from "./mcp-section.tsx";
import { ProductionSection } from "./production-section.tsx";
import { RetentionSection } from "./retention-section.tsx";
import { SecretsSection } from "./secrets-section.tsx";
import { SECTION, type Section } from "./sections.ts";
import { SECTIONS } from "./settings-search.ts";
import { WebhooksSection } from "./webhooks-section.tsx";

const SHOWN: Readonly<Record<Section, FunctionComponent>> = {
  keys: KeysSection,
  secrets: SecretsSection,
  retention: RetentionSection,
  alerts: AlertsSection,
  webhooks: WebhooksSection,
  callers: CallersSection,
  audit: AuditSection,
  production: ProductionSection,
  export: ExportSection,
  erase: EraseSection,
  mcp: McpSection,
  doctor: DoctorSection,
};

/** What holds for the whole workspace: who may come in, what is kept, who is told. */
export function SettingsScreen() {
  const { section = "keys" as const } = useSearch({ from: "/$app/$env/settings" });
  const Shown = SHOWN[section];
  const nav = useRef<HTMLElement>(null);
  // On a phone the sections are a row that is wider than the screen.
  useEffect(() => {
    const here = nav.current?.querySelector<HTMLElement>(`[data-section=${section}]`);
    if (here)
      nav.current?.scrollTo({ left: here.offsetLeft - nav.current.clientWidth / 2 + here.offsetWidth / 2 });
  }, [section]);
  return (
    <>
      <PageHead title="Settings" description="Of this workspace: one app in one environment." />
      <div className="gap-6 lg:flex">
        <nav
          ref={nav}
          aria-label="Sections"
          className="relative mb-4 flex shrink-0 gap-1 overflow-x-auto max-lg:border-b max-lg:border-line max-lg:pb-2 lg:mb-0 lg:w-44 lg:flex-col"
        >
          {SECTIONS.map((each) => {
            const { label, icon: Icon } = SECTION[each];
            const isHere = each === section ? "page" : undefined;
            return (
              <Link
                key={each}
                data-section={each}
                to="."
                search={{ section: each } as never}
                activeOptions={{ exact: true, explicitUndefined: true }}
                aria-current={isHere}
                className="inline-flex h-8 shrink-0 items-center gap-2 rounded-md px-2 text-sm text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-accent-ground aria-[current=page]:font-medium aria-[current=page]:text-accent"
              >
                <Icon aria-hidden size={15} />
                {label}
              </Link>
            );
          })}
        </nav>
        <div className="min-w-0 flex-1 space-y-4">
          <Shown />
        </div>
      </div>
    </>
  );
}
