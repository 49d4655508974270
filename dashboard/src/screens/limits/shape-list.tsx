import { useNavigate, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FIELD_LOOK } from "../../parts/field.tsx";
import { useNowMs } from "../../parts/now.ts";
import { Panel } from "../../parts/panel.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { FunctionLink, RunLink } from "../../parts/run-link.tsx";
import { Ago } from "../../parts/when.tsx";
import { clockTime } from "../../words/time.ts";
import { keySaid } from "./limit-words.ts";
import { SHAPE_KIND, type Shape, shapeKeyOf, shapeKeySays, shapeRule } from "./shape-words.ts";

/** What an event must pass before there is a run, with what each remembers of its keys. */
export function ShapeList() {
  const params = useWorkspaceParams();
  const { fn, key } = useSearch({ from: "/$app/$env/limits" });
  const functions = useAnswer("listFunctions", { params });
  const shapes = useAnswer("listShapes", { params, query: { function: fn, key } }, { keep: true });
  useReadAsRunsMove(["listShapes"]);
  const options = (functions.data?.functions ?? []).map(({ id }) => ({ value: id, label: id }));
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice label="Function" name="fn" value={fn} all="All" options={options} />
        <KeyFilter value={key} />
        <span className="flex-1" />
        <Refresh query={shapes} />
      </div>
      <Answered query={shapes} rows={8}>
        {({ shapes, partial }) => (
          <>
            {partial && (
              <p className="mb-3 rounded-md bg-calm-ground px-3 py-2 text-sm text-calm">
                There are more keys than were looked at. Ask for one by its value.
              </p>
            )}
            {shapes.length === 0 ? (
              <Empty title="Nothing acts before a run">
                <p>
                  <code>debounce</code>, <code>batch</code>, <code>rateLimit</code>, <code>singleton</code>{" "}
                  and <code>idempotency</code> of functions show here, with what they remember.
                </p>
              </Empty>
            ) : (
              <div className="space-y-3">
                {shapes.map((shape) => (
                  <ShapePanel key={`${shape.function} ${shape.kind}`} shape={shape} />
                ))}
              </div>
            )}
          </>
        )}
      </Answered>
    </>
  );
}

function KeyFilter({ value }: { readonly value: string | undefined }) {
  const navigate = useNavigate({ from: "/$app/$env/limits" });
  return (
    <input
      type="search"
      aria-label="Only this key: JSON, or text"
      placeholder="Key, as JSON or text"
      defaultValue={value ?? ""}
      className={`${FIELD_LOOK} h-8 max-w-56`}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        const text = event.currentTarget.value.trim();
        void navigate({ search: (now) => ({ ...now, key: text === "" ? undefined : text }) });
      }}
    />
  );
}

function ShapePanel({ shape }: { readonly shape: Shape }) {
  const nowMs = useNowMs();
  const key = shapeKeyOf(shape);
  return (
    <Panel
      title={
        <>
          {SHAPE_KIND[shape.kind]} of <FunctionLink id={shape.function} />
        </>
      }
      description={
        <>
          {shapeRule(shape)}
          {key !== null && (
            <>
              {" "}
              For each <code className="text-text">{key}</code>.
            </>
          )}
        </>
      }
    >
      {shape.keys.length === 0 ? (
        <p className="text-sm text-muted">It remembers nothing now.</p>
      ) : (
        <ul className="divide-y divide-line text-sm">
          {shape.keys.map((each) => (
            <li
              key={JSON.stringify(each.key)}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 py-1.5"
            >
              <code className="min-w-24 font-medium break-all">{keySaid(each.key)}</code>
              <span className="min-w-0 flex-1 basis-64">
                {shapeKeySays(shape.kind, each, (instant) => clockTime(instant, nowMs))}{" "}
                {each.run !== null && <RunLink id={each.run} />}
              </span>
              <span className="text-xs text-muted">
                last event <Ago at={each.at} /> ago
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
