import { useNavigate } from "@tanstack/react-router";
import { FIELD_LOOK } from "../../parts/field.tsx";

/** Who shall answer, as functions name them; Enter looks for it. */
export function AssigneeFilter({ value }: { readonly value: string | undefined }) {
  const navigate = useNavigate({ from: "/$app/$env/inbox" });
  return (
    <label className="inline-flex items-center gap-1.5 text-sm">
      <span className="text-muted">For</span>
      <input
        key={value ?? ""}
        type="search"
        placeholder="anybody"
        defaultValue={value ?? ""}
        className={`${FIELD_LOOK} h-8 max-w-44`}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          const text = event.currentTarget.value.trim();
          void navigate({
            search: (now) => ({ ...now, assignee: text === "" ? undefined : text, cursor: undefined }),
          });
        }}
      />
    </label>
  );
}
