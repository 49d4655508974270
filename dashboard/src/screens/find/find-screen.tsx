import { Link } from "@tanstack/react-router";
import { Empty } from "../../parts/empty.tsx";

/** `/r/{id}` and `/e/{id}`: the engine cannot say yet in which workspace an id is, so a person chooses. */
export function FindScreen() {
  return (
    <main>
      <Empty title="Which workspace is it in?">
        <p>
          <Link to="/" className="text-accent underline">
            All workspaces
          </Link>
        </p>
      </Empty>
    </main>
  );
}
