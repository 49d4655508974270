import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useTopics } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeButton } from "../../parts/change-button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { joinClasses } from "../../parts/join-classes.ts";

const SCREEN = "runs";
const NAME_CHARACTERS_MAX = 60;

/** Filters that somebody gave a name, for all who work with the workspace. */
export function SavedViews({ text }: { readonly text: string }) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("listViews");
  const answer = useAnswer("listViews", { params });
  useTopics(["views"]);
  const views = (answer.data?.views ?? []).filter(({ screen }) => screen === SCREEN);
  const current = views.find(({ search }) => String(search["q"] ?? "") === text);
  if (views.length === 0 && text === "") return null;
  return (
    <div className="flex flex-wrap items-center gap-1.5 text-xs">
      {views.length > 0 && (
        <ul aria-label="Saved views" className="contents">
          {views.map((view) => (
            <li key={view.id}>
              <Link
                from="/$app/$env/runs"
                to="."
                search={view.search["q"] === undefined ? {} : { q: String(view.search["q"]) }}
                activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
                title={`${String(view.search["q"] ?? "every run")} – saved by ${view.created_by}`}
                className={joinClasses(
                  "inline-flex h-7 max-w-60 items-center truncate rounded-md border px-2.5 font-medium",
                  view.id === current?.id
                    ? "border-accent bg-accent-ground text-accent"
                    : "border-line bg-raised hover:bg-hover",
                )}
              >
                {view.name}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {current === undefined ? (
        text !== "" && <SaveView text={text} done={readAgain} />
      ) : (
        <ChangeButton
          operation="deleteView"
          input={{ params: { ...params, id: current.id } }}
          does={`Delete the view ${current.name}`}
          look="bare"
          className="min-h-7 text-xs"
          done={readAgain}
        >
          Delete this view
        </ChangeButton>
      )}
    </div>
  );
}

function SaveView({ text, done }: { readonly text: string; readonly done: () => void }) {
  const params = useWorkspaceParams();
  const [isOpen, open] = useState(false);
  const [name, setName] = useState("");
  const wanted = name.trim();
  return (
    <>
      <Button look="bare" className="min-h-7 text-xs" onClick={() => open(true)}>
        Save as a view
      </Button>
      {isOpen && (
        <ChangeDialog
          operation="saveView"
          onClose={() => open(false)}
          title="Save this filter as a view"
          description={
            <>
              All who work with this workspace see it: <code className="break-words">{text}</code>
            </>
          }
          does="Save the view"
          input={() =>
            wanted === "" ? null : { params, body: { screen: SCREEN, name: wanted, search: { q: text } } }
          }
          done={done}
        >
          <Field label="Name" hint="One that is there under this name is replaced.">
            {(control) => (
              <input
                {...control}
                maxLength={NAME_CHARACTERS_MAX}
                autoComplete="off"
                value={name}
                onChange={({ target }) => setName(target.value)}
                className={INPUT_LOOK}
              />
            )}
          </Field>
        </ChangeDialog>
      )}
    </>
  );
}
