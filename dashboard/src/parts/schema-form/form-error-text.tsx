/** What is wrong with a part that has several controls. */
export function FormErrorText({ errors }: { readonly errors: readonly string[] | undefined }) {
  if (errors === undefined || errors.length === 0) return null;
  return (
    <p role="alert" className="text-xs text-bad">
      {errors.join("; ")}
    </p>
  );
}
