import type { Candidate } from "./what-may-come.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell reads at its start: it asks us at each tab. */
export const SCRIPTS: Record<Shell, string> = {
  bash: `# durable: eval "$(durable completions bash)" in ~/.bashrc
_durable() {
  local IFS=$'\\n'
  COMPREPLY=($(durable completions bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _durable durable`,
  zsh: `#compdef durable
# durable: eval "$(durable completions zsh)" in ~/.zshrc, after compinit
_durable() {
  local -a found
  found=("\${(@f)$(durable completions zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[*]}" ]]; then _describe durable found; else _files; fi
}
compdef _durable durable`,
  fish: `# durable: durable completions fish > ~/.config/fish/completions/durable.fish
function __durable_complete
    set -l words (commandline -opc) (commandline -ct)
    durable completions fish -- $words[2..-1] 2>/dev/null
end
complete -c durable -f -a '(__durable_complete)'`,
};

/** One line of what a shell is answered. */
export const LINES: Record<Shell, (candidate: Candidate) => string> = {
  bash: ({ value }) => value,
  zsh: ({ value, description }) =>
    description === "" ? escaped(value) : `${escaped(value)}:${escaped(description)}`,
  fish: ({ value, description }) => (description === "" ? value : `${value}\t${description}`),
};

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll(":", "\\:");
}
