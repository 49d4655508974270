import { Empty } from "../../parts/empty.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";

interface NoLinesProps {
  readonly isReading: boolean;
  readonly isRun: boolean;
  readonly isFiltered: boolean;
  /** Lines that were not looked at yet. */
  readonly hasOlder: boolean;
}

export function NoLines({ isReading, isRun, isFiltered, hasOlder }: NoLinesProps) {
  if (isReading) return <Skeleton rows={8} rowHeight={26} />;
  if (isFiltered)
    return (
      <Empty title="No line fits">{hasOlder && <p>Those that were looked at. Older ones may.</p>}</Empty>
    );
  if (isRun)
    return (
      <Empty title="This run has said nothing">
        <p>
          <code>step.log</code> and <code>console.log</code> in its steps are kept with what came of their
          attempt.
        </p>
      </Empty>
    );
  return (
    <Empty title="Listening">
      <p>
        Nothing was said yet. What <code>step.log</code> and <code>console.log</code> say in steps appears
        here.
      </p>
    </Empty>
  );
}
