import { syntaxTree } from "@codemirror/language";
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

// Colours by the names of the grammar's nodes, in our own tokens, so that they follow the theme.
const LOOK: Readonly<Record<string, Decoration>> = {
  PropertyName: Decoration.mark({ class: "text-accent" }),
  String: Decoration.mark({ class: "text-good" }),
  Number: Decoration.mark({ class: "text-held" }),
  True: Decoration.mark({ class: "text-calm" }),
  False: Decoration.mark({ class: "text-calm" }),
  Null: Decoration.mark({ class: "text-muted" }),
};

function colorsOf(view: EditorView): DecorationSet {
  const marks = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: ({ name, from, to }) => {
        const look = LOOK[name];
        if (look !== undefined) marks.add(from, to, look);
      },
    });
  }
  return marks.finish();
}

export const jsonColors = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = colorsOf(view);
    }

    update({ docChanged, viewportChanged, startState, state, view }: ViewUpdate): void {
      if (docChanged || viewportChanged || syntaxTree(startState) !== syntaxTree(state))
        this.decorations = colorsOf(view);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

export const jsonTheme = EditorView.theme({
  "&": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    fontSize: "13px",
    minHeight: "12rem",
    maxHeight: "32rem",
  },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { padding: "8px 4px", caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-ground)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-ground)",
    outline: "1px solid var(--line-strong)",
  },
});
