// An SVG for a README: which level an SDK has, and how much of it.

import { countOf, levelOf, type Report } from "../result.ts";
import { escaped } from "./junit.ts";

const GREEN = "#1a7f37";
const RED = "#b42318";
/** Of the font below, a little more than the widest line needs. */
const CHARACTER_PX = 6.6;
const PADDING_PX = 8;

export function badgeOf(report: Report): string {
  const level = levelOf(report);
  const failed = countOf(report, "FAILED");
  const said =
    failed > 0
      ? `${failed} failed`
      : level === null
        ? "not whole"
        : `level ${level}, ${countOf(report, "PASSED")} cases`;
  const label = "Durable Protocol 1";
  const left = widthOf(label);
  const right = widthOf(said);
  const colour = failed > 0 || level === null ? RED : GREEN;
  const text = (at: number, words: string) =>
    `<text x="${at}" y="14" text-anchor="middle" fill="#fff" font-family="Verdana,sans-serif" font-size="11">${escaped(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escaped(`${label}: ${said}`)}">`,
    `<title>${escaped(`${report.sdk}: ${said}`)}</title>`,
    `<rect width="${left}" height="20" fill="#444"/>`,
    `<rect x="${left}" width="${right}" height="20" fill="${colour}"/>`,
    text(left / 2, label),
    text(left + right / 2, said),
    "</svg>",
    "",
  ].join("\n");
}

function widthOf(text: string): number {
  return Math.round(text.length * CHARACTER_PX) + 2 * PADDING_PX;
}
