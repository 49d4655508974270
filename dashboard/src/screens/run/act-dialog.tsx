import type { Run } from "../../live/patches.ts";
import { CancelDialog } from "./cancel-dialog.tsx";
import { CopyDialog } from "./copy-dialog.tsx";
import { MoveDialog } from "./move-dialog.tsx";
import { RepairDialog } from "./repair-dialog.tsx";
import { RerunDialog } from "./rerun-dialog.tsx";

export interface ActProps {
  readonly run: Run;
  readonly close: () => void;
  /** To another run. */
  readonly goTo: (id: string) => void;
}

const DIALOGS = {
  rerun: RerunDialog,
  cancel: CancelDialog,
  move: MoveDialog,
  repair: RepairDialog,
  copy: CopyDialog,
} as const;

export type Act = keyof typeof DIALOGS;

export function ActDialog({ act, ...props }: ActProps & { readonly act: Act }) {
  const Shown = DIALOGS[act];
  return <Shown {...props} />;
}
