import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Dialog } from "./dialog.tsx";

interface SecretOnceProps {
  readonly title: string;
  /** What to do with it. */
  readonly description: string;
  readonly secret: string;
  /** `the key`. */
  readonly what: string;
  readonly onClose: () => void;
}

/** A secret that is shown now and never again. */
export function SecretOnce({ title, description, secret, what, onClose }: SecretOnceProps) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={description}
      footer={
        <>
          <CopyButton text={secret} what={what} look="main">
            Copy
          </CopyButton>
          <Button onClick={onClose}>I have it</Button>
        </>
      }
    >
      <code className="block rounded-md border border-line bg-sunken/60 p-3 break-all select-all">
        {secret}
      </code>
      <p className="mt-2 text-sm font-medium text-calm">Shown only now. The engine cannot show it again.</p>
    </Dialog>
  );
}
