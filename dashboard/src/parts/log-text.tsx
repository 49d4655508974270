import { Fragment, useMemo } from "react";
import { readAnsi } from "../words/ansi.ts";
import { splitLinks } from "../words/links.ts";
import { TONE_INK } from "../words/tone.ts";

/** What a program said: colours of terminals by our tones, addresses as links, and nothing that a terminal would obey. */
export function LogText({ text }: { readonly text: string }) {
  const pieces = useMemo(() => readAnsi(text), [text]);
  return (
    <span className="break-words whitespace-pre-wrap">
      {pieces.map(({ text: said, tone, isBold, isDim }, index) => {
        const look = [
          tone === null ? "" : TONE_INK[tone],
          isBold ? "font-bold" : "",
          isDim ? "text-muted" : "",
        ];
        return (
          <span key={index} className={look.filter(Boolean).join(" ") || undefined}>
            {linked(said)}
          </span>
        );
      })}
    </span>
  );
}

function linked(text: string) {
  return splitLinks(text).map((piece, index) =>
    typeof piece === "string" ? (
      <Fragment key={index}>{piece}</Fragment>
    ) : (
      <a
        key={index}
        href={piece.href}
        target="_blank"
        rel="noreferrer noopener"
        className="text-accent underline"
      >
        {piece.href}
      </a>
    ),
  );
}
