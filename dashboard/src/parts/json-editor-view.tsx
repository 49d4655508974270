// A chunk of its own, which comes with the first editor: CodeMirror with JSON, and nothing else of it.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { JsonEditorProps } from "./json-editor.tsx";
import { jsonColors, jsonTheme } from "./json-editor-look.ts";

const attributes = new Compartment();

function attributesOf(label: string, isInvalid: boolean) {
  return EditorView.contentAttributes.of({
    "aria-label": label,
    ...(isInvalid ? { "aria-invalid": "true" } : {}),
  });
}

/** Tab leaves it, as any field: who works by keyboard is not caught. */
export default function JsonEditorView({ label, text, change, submit, isInvalid = false }: JsonEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ change, submit });
  latest.current = { change, submit };

  useEffect(() => {
    const editor = new EditorView({
      parent: box.current!,
      doc: text,
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        json(),
        jsonColors,
        jsonTheme,
        EditorView.cspNonce.of(globalThis.__webpack_nonce__ ?? ""),
        Prec.highest(
          keymap.of([
            {
              key: "Mod-Enter",
              run: () => {
                latest.current.submit?.();
                return true;
              },
            },
          ]),
        ),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        attributes.of(attributesOf(label, isInvalid)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("set")))
            latest.current.change(update.state.doc.toString());
        }),
      ],
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, userEvent: "set" });
  }, [text]);

  useEffect(() => {
    view.current?.dispatch({ effects: attributes.reconfigure(attributesOf(label, isInvalid)) });
  }, [label, isInvalid]);

  return <div ref={box} />;
}
