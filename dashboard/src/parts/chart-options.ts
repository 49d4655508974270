import uPlot from "uplot";
import { axisTimes, lonely, stack, TIME_STEPS, WHOLE_STEPS } from "./chart-scale.ts";
import { type ChartData, stepMsOf } from "./chart-series.ts";

/** What a token is in the theme of now: a canvas knows no variables. */
export type ReadColor = (token: string) => string;

const AXIS_WIDTH = 52;
const AXIS_HEIGHT = 26;
const STEPS = { count: WHOLE_STEPS, ms: TIME_STEPS };
/** Below the smallest step of an axis of time, in seconds. */
const TICK_PX_MIN = 70;

/** For `new uPlot`, and `setData`: what is on top of others is drawn first, so that those below it lie over its foot. */
export function dataOf({ timesMs, series, shape }: ChartData): uPlot.AlignedData {
  const seconds = timesMs.map((ms) => ms / 1_000);
  if (shape === "lines") return [seconds, ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
  return [seconds, ...stack(series.map(({ values }) => values)).reverse()] as uPlot.AlignedData;
}

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

export function optionsOf(
  data: ChartData,
  size: PlotSize,
  color: ReadColor,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const { series, shape, axis, unit, syncKey } = data;
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const look = {
    stroke: () => color("var(--muted)"),
    font: `12px ${fontFamily}`,
    grid: { stroke: () => color("var(--line)"), width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, show: shape === "lines" },
      drag: { x: data.onPick !== undefined, y: false, setScale: false },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, setSeries: false } }),
    },
    scales: { x: { time: true, range: (_, min, max) => rangeOf(data, min, max) }, y: { range: rangeOfY } },
    axes: [
      {
        ...look,
        size: AXIS_HEIGHT,
        gap: 4,
        space: TICK_PX_MIN,
        grid: { show: false },
        values: (_, splits, _axis, _space, increment) => axisTimes(splits, increment),
      },
      {
        ...look,
        size: AXIS_WIDTH,
        gap: 4,
        values: (_, splits) => splits.map((value) => axis(value)),
        ...(unit === undefined ? {} : { incrs: [...STEPS[unit]] }),
      },
    ],
    series: [{}, ...(shape === "lines" ? series.map(lineOf) : series.map(filledOf).reverse())],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };

  function lineOf({ label, color: token, isDashed = false }: ChartData["series"][number]): uPlot.Series {
    return {
      label,
      stroke: () => color(token),
      width: 1.75,
      points: {
        show: true,
        size: 5,
        fill: () => color(token),
        filter: (plot, index) => lonely(plot.data[index]!),
      },
      ...(isDashed ? { dash: [5, 4] } : {}),
    };
  }

  function filledOf({ label, color: token }: ChartData["series"][number]): uPlot.Series {
    return {
      label,
      fill: () => color(token),
      stroke: () => color(token),
      width: shape === "bars" ? 0 : 1,
      points: { show: false },
      ...(shape === "bars" ? { paths: uPlot.paths.bars!({ size: [0.8, 60], align: 1, gap: 1 }) } : {}),
    };
  }
}

/** To the end of the last step, on which a bar stands: so that charts beside each other show an instant at the same place. */
function rangeOf(data: ChartData, min: number, max: number): [number, number] {
  return [min, max + stepMsOf(data) / 1_000];
}

function rangeOfY(_: uPlot, __: number, max: number | null): [number, number] {
  return [0, max === null || max <= 0 ? 1 : max * 1.08];
}
