/**
 * What a shell is told, by its name: to ask `bun run completion` for words behind "bun run" in a checkout of this repository, and
 * to do elsewhere what it did before. No word is evaluated: names out of the tree are text.
 */
export const shells = {
  bash: `_gitops_bun() {
  if [ "\${COMP_WORDS[1]}" = run ] && [ -f scripts/completion.ts ]; then
    local word
    COMPREPLY=()
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(bun scripts/completion.ts words -- "\${COMP_WORDS[@]:2:COMP_CWORD-1}" 2>/dev/null)
  elif declare -F _bun_completions >/dev/null; then
    _bun_completions
  else
    COMPREPLY=()
  fi
}
complete -o default -F _gitops_bun bun
`,
  zsh: `_gitops_bun() {
  if [[ "\${words[2]}" == run && -f scripts/completion.ts ]]; then
    local -a found
    found=("\${(@f)$(bun scripts/completion.ts words -- "\${(@)words[3,CURRENT]}" 2>/dev/null)}")
    compadd -a found
  elif (( $+functions[_bun] )); then
    _bun "$@"
  else
    _files
  fi
}
compdef _gitops_bun bun
`,
  fish: `function __gitops_words
    set -l words (commandline -opc) (commandline -ct)
    bun scripts/completion.ts words -- $words[3..-1] 2>/dev/null
end
complete -c bun -n 'test -f scripts/completion.ts; and test (count (commandline -opc)) -ge 2; and test (commandline -opc)[2] = run' -f -a '(__gitops_words)'
`,
} as const;
