import { Fragment } from "react";
import type { Target } from "../here/target.ts";
import { type Targets, targetsOf, useTargets } from "../here/targets.ts";
import { useWorkspaceParams } from "../here/workspace.ts";
import { type Place, type Wait, waitPieces } from "../words/wait-pieces.ts";
import { useNowMs } from "./now.ts";
import { TargetLink } from "./target.tsx";

/** What a run waits for, with links to it: a limit, another run, the inbox. */
export function WaitText({ wait }: { readonly wait: Wait }) {
  const targets = useTargets();
  const { env } = useWorkspaceParams();
  const nowMs = useNowMs();
  return (
    <span>
      {waitPieces(wait, nowMs).map((piece, index) => (
        <Fragment key={index}>
          {typeof piece === "string" ? (
            piece
          ) : (
            <TargetLink
              target={targetOf(piece.to, targets, env)}
              className="underline decoration-line-strong underline-offset-2 hover:text-accent"
            >
              {piece.text}
            </TargetLink>
          )}
        </Fragment>
      ))}
    </span>
  );
}

function targetOf(place: Place, targets: Targets, env: string): Target {
  if (place.kind !== "run") return targets[place.kind];
  return (place.app ? targetsOf({ app: place.app, env }) : targets).run(place.id);
}
