import { age, clockTime, duration } from "../words/time.ts";
import { useNowMs } from "./now.ts";

/** How long ago; the instant itself when it is pointed at. */
export function Ago({ at }: { readonly at: string }) {
  const nowMs = useNowMs();
  return (
    <time dateTime={at} title={`${clockTime(at, nowMs)} (${at})`}>
      {age(Math.max(0, nowMs - Date.parse(at)))}
    </time>
  );
}

/** From then to then, or until now while it goes on. */
export function Took({ from, to }: { readonly from: string; readonly to: string | null }) {
  const nowMs = useNowMs();
  return <>{duration(Math.max(0, (to === null ? nowMs : Date.parse(to)) - Date.parse(from)))}</>;
}
