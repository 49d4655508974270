import { Link } from "@tanstack/react-router";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Due } from "../../parts/due.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { lookOf } from "../../words/environment.ts";
import { countOf, listed } from "../../words/number.ts";
import { period } from "../../words/time.ts";
import { CIRCUIT, type Endpoint, type Workspace } from "./circuit-words.ts";

interface EndpointCardProps {
  readonly workspace: Workspace;
  readonly endpoint: Endpoint;
  readonly isOther?: boolean;
}

/** One endpoint: where it is, what answers there, and its circuit. */
export function EndpointCard({ workspace, endpoint, isOther = false }: EndpointCardProps) {
  const { app, environment, production } = workspace;
  const { url, sdk, capabilities, max_duration_ms, deployment, synced_at, circuit } = endpoint;
  const { label, tone, said } = CIRCUIT[circuit.state];
  const look = lookOf(environment, production);
  return (
    <article className="rounded-lg border border-line bg-raised">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3">
        <h2 className="font-semibold">
          {isOther ? (
            <Link to="/$app/$env/fleet" params={{ app, env: environment }} className="hover:underline">
              {app} <span className={look.text}>{look.label}</span>
            </Link>
          ) : (
            app
          )}
        </h2>
        <TonePill tone={tone}>{label}</TonePill>
        <span className="text-sm text-muted">{said}</span>
      </header>
      <div className="flex items-center gap-1 px-4 pt-1">
        <code className="min-w-0 break-all">{url}</code>
        <CopyButton text={url} what="the address" className="min-h-7 px-1.5" />
      </div>
      {circuit.state !== "closed" && (
        <p className="mx-4 mt-2 rounded-md bg-bad-ground px-3 py-2 text-sm">
          {circuit.since !== null && (
            <>
              For <Ago at={circuit.since} />.{" "}
            </>
          )}
          {circuit.last_error !== null && <span className="break-words">{circuit.last_error} </span>}
          {countOf(circuit.frozen_runs, "run")} {circuit.frozen_runs === 1 ? "waits" : "wait"} for it.
          {circuit.next_probe_at !== null && (
            <>
              {" "}
              Next probe <Due at={circuit.next_probe_at} />.
            </>
          )}
        </p>
      )}
      <div className="px-4 pt-3 pb-4">
        <Facts>
          <Fact name="SDK">{sdk}</Fact>
          <Fact name="Deployment">{deployment ?? <span className="text-muted">it does not say</span>}</Fact>
          <Fact name="Synced">
            <Ago at={synced_at} /> ago
          </Fact>
          <Fact name="One call takes at most">
            {max_duration_ms === null ? (
              <span className="text-muted">it does not say</span>
            ) : (
              period(max_duration_ms)
            )}
          </Fact>
          <Fact name="It can">
            {capabilities.length === 0 ? "no more than every app" : listed(capabilities)}
          </Fact>
        </Facts>
      </div>
    </article>
  );
}
