import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { dataOf, optionsOf } from "./chart-options.ts";
import { type ChartData, stepMsOf } from "./chart-series.ts";

interface ChartPlotProps {
  readonly data: ChartData;
  readonly height: number;
  readonly onCursor: (index: number | null) => void;
}

/** The picture of a chart, by uPlot: a chunk of its own. Who cannot see it has the table. */
export default function ChartPlot({ data, height, onCursor }: ChartPlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const swatch = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ data, onCursor });
  latest.current = { data, onCursor };

  // Another shape or other series are another plot; other numbers are not.
  const kind = JSON.stringify([
    data.shape,
    data.series.map(({ label, color }) => [label, color]),
    data.syncKey,
    height,
  ]);
  useEffect(() => {
    const size = { width: Math.max(120, box.current!.clientWidth), height };
    const read = (token: string) => {
      swatch.current!.style.color = token;
      return getComputedStyle(swatch.current!).color;
    };
    const hear = (index: number | null) => latest.current.onCursor(index);
    const made = new uPlot(
      optionsOf(latest.current.data, size, read, hear),
      dataOf(latest.current.data),
      box.current!,
    );
    plot.current = made;
    const unpick = listenToPicks(made, () => latest.current.data);
    const unwatch = watchLook(made, box.current!, height);
    return () => {
      unpick();
      unwatch();
      made.destroy();
      plot.current = null;
    };
  }, [kind]);

  useEffect(() => {
    plot.current?.setData(dataOf(data));
  }, [data]);

  return (
    <div ref={box} aria-hidden className={data.onPick === undefined ? "" : "[&_.u-over]:cursor-pointer"}>
      <span ref={swatch} className="hidden" />
    </div>
  );
}

/** A click picks the step below it, a drag the steps below that. */
function listenToPicks(plot: uPlot, data: () => ChartData): () => void {
  let wasDrag = false;
  const up = () => {
    const { left, width } = plot.select;
    wasDrag = width > 3;
    if (!wasDrag) return;
    const stepMs = stepMsOf(data());
    const fromMs = Math.floor((plot.posToVal(left, "x") * 1_000) / stepMs) * stepMs;
    const toMs = Math.ceil((plot.posToVal(left + width, "x") * 1_000) / stepMs) * stepMs;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    data().onPick?.(fromMs, toMs);
  };
  const click = () => {
    const { timesMs, onPick } = data();
    const at = timesMs[plot.cursor.idx ?? -1];
    if (!wasDrag && at !== undefined) onPick?.(at, at + stepMsOf(data()));
  };
  plot.over.addEventListener("mouseup", up);
  plot.over.addEventListener("click", click);
  return () => {
    plot.over.removeEventListener("mouseup", up);
    plot.over.removeEventListener("click", click);
  };
}

/** Drawn again when its box has another width, and when the theme is another. */
function watchLook(plot: uPlot, box: HTMLElement, height: number): () => void {
  const redraw = () => plot.redraw(false, false);
  const sizes = new ResizeObserver(() => {
    if (box.clientWidth > 0 && box.clientWidth !== plot.width)
      plot.setSize({ width: box.clientWidth, height });
  });
  sizes.observe(box);
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", redraw);
  return () => {
    sizes.disconnect();
    themes.disconnect();
    system.removeEventListener("change", redraw);
  };
}
