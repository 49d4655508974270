import { Download } from "lucide-react";
import { useRef, useState } from "react";
import { call } from "../../api/call.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { Command } from "../../parts/command.tsx";
import { download } from "../../parts/download.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { countOf } from "../../words/number.ts";
import { NOBODY, scalarOf } from "./owner.ts";
import { OwnerFields } from "./owner-fields.tsx";

/** A file that a browser holds in memory until it is whole; what is larger is for the command line. */
const CHARACTERS_MAX = 256 * 1024 * 1024;

/** All that is kept of runs, or of one owner's. */
export function ExportSection() {
  const params = useWorkspaceParams();
  const [owner, setOwner] = useState(NOBODY);
  const [state, setState] = useState<"ready" | "reading" | "done" | "large">("ready");
  const [count, setCount] = useState(0);
  const [error, setError] = useState<Error | null>(null);
  const stop = useRef<AbortController | null>(null);
  const [path, value] = [owner.path.trim(), owner.value.trim()];
  // As the API takes it in an address: JSON.
  const ofOwner = path === "" ? {} : { path, value: JSON.stringify(scalarOf(value)) };

  const read = async () => {
    const controller = new AbortController();
    stop.current = controller;
    setState("reading");
    setError(null);
    setCount(0);
    const lines: string[] = [];
    let [characters, cursor] = [0, undefined as string | undefined];
    try {
      do {
        const page: Awaited<ReturnType<typeof call<"exportRuns">>> = await call(
          "exportRuns",
          { params, query: { ...ofOwner, cursor, limit: 100 } },
          controller.signal,
        );
        lines.push(...page.lines);
        characters += page.lines.reduce((sum, line) => sum + line.length, 0);
        setCount(lines.length);
        cursor = page.next ?? undefined;
        if (characters > CHARACTERS_MAX) return setState("large");
      } while (cursor !== undefined);
      download(
        `${params.app}-${params.env}.ndjson`,
        "application/x-ndjson",
        lines.map((line) => `${line}\n`).join(""),
      );
      setState("done");
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure as Error);
      setState("ready");
    }
  };

  return (
    <Panel
      title="Export"
      description="A line of NDJSON per run, oldest first: with its event, steps, attempts, logs and inputs, payloads as they were received. Without an owner: all runs."
    >
      <div className="grid max-w-2xl gap-3 sm:grid-cols-2">
        <OwnerFields owner={owner} change={setOwner} />
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-3 text-sm">
        {state === "reading" ? (
          <Button onClick={() => stop.current?.abort()}>Stop</Button>
        ) : (
          <Button look="main" disabled={path !== "" && value === ""} onClick={() => void read()}>
            <Download aria-hidden size={14} />
            Export
          </Button>
        )}
        <span role="status" className="text-muted">
          {state === "reading" && `${countOf(count, "run")} so far …`}
          {state === "done" && `${countOf(count, "run")} are in the file.`}
          {state === "large" &&
            "This is more than a browser holds. Use the command line, which writes as it reads:"}
        </span>
      </div>
      {error && <ProblemPanel error={error} />}
      <p className="mt-4 mb-1 text-sm text-muted">By the command line, however much it is:</p>
      <Command
        text={`npx @durable/engine export --app ${params.app} --env ${params.env} > ${params.app}-${params.env}.ndjson`}
      />
    </Panel>
  );
}
