import { Download } from "lucide-react";
import { useRef, useState } from "react";
import { call } from "../../api/call.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { Command } from "../../parts/command.tsx";
import { download } from "../../parts/download.ts";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { countOf } from "../../words/number.ts";

/** A file that a browser holds in memory until it is whole; what is larger is for the command line. */
const CHARACTERS_MAX = 256 * 1024 * 1024;

/** All that is kept of runs, or of one owner's. */
export function ExportSection() {
  const params = useWorkspaceParams();
  const [path, setPath] = useState("");
  const [value, setValue] = useState("");
  const [state, setState] = useState<"ready" | "reading" | "done" | "large">("ready");
  const [count, setCount] = useState(0);
  const [error, setError] = useState<Error | null>(null);
  const stop = useRef<AbortController | null>(null);
  const owner = path.trim() === "" ? {} : { path: path.trim(), value: jsonOf(value.trim()) };

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
          { params, query: { ...owner, cursor, limit: 100 } },
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
        <Field label="Owner's path" hint="Into the data of events.">
          {(control) => (
            <input
              {...control}
              className={INPUT_LOOK}
              placeholder="user.id"
              value={path}
              onChange={(event) => setPath(event.target.value)}
            />
          )}
        </Field>
        <Field label="Owner's value" hint="JSON, or text.">
          {(control) => (
            <input
              {...control}
              className={INPUT_LOOK}
              placeholder="u_42"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-3 text-sm">
        {state === "reading" ? (
          <Button onClick={() => stop.current?.abort()}>Stop</Button>
        ) : (
          <Button
            look="main"
            disabled={path.trim() !== "" && value.trim() === ""}
            onClick={() => void read()}
          >
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

/** As the API takes a value: a JSON scalar. */
export function jsonOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? JSON.stringify(text) : text;
  } catch {
    return JSON.stringify(text);
  }
}
