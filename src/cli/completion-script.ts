/**
 * Completion scripts: what bash, zsh and fish run at Tab. Each gives the words of the line to the
 * hidden command `rpcudp complete`, and shows what that prints: lines of a word, a tab, and what it
 * means.
 *
 * They are written here because no package did: those that were looked at evaluate the line that is
 * typed (and so run what it would run), need bash-completion, or cannot wait for a server's answer.
 */

const BASH = `# bash completion of rpcudp. To load it: source <(rpcudp completion bash)
_rpcudp() {
  local line=\${COMP_LINE:0:COMP_POINT} word
  local -a words
  # Not COMP_WORDS, which bash also splits at the colons of addresses.
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <("$1" complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _rpcudp rpcudp
`;

const ZSH = `#compdef rpcudp
# zsh completion of rpcudp. To load it: source <(rpcudp completion zsh)
_rpcudp() {
  local -a offers
  offers=("\${(@f)$("\${(Q)words[1]}" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  offers=("\${(@)offers//\\\\/\\\\\\\\}")
  offers=("\${(@)offers//:/\\\\:}")
  offers=("\${(@)offers/$'\\t'/:}")
  offers=(\${offers:#})
  if (( \${#offers} )); then
    _describe rpcudp offers
  else
    _files
  fi
}
if [[ $funcstack[1] == _rpcudp ]]; then
  _rpcudp "$@"
else
  compdef _rpcudp rpcudp
fi
`;

const FISH = `# fish completion of rpcudp. To load it: rpcudp completion fish | source
function __rpcudp_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l offers ($program complete -- $words "$current" 2>/dev/null)
    if test (count $offers) -gt 0
        printf '%s\\n' $offers
    else
        __fish_complete_path "$current"
    end
end
complete -c rpcudp -f -a '(__rpcudp_complete)'
`;

export const COMPLETION_SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;

export type Shell = keyof typeof COMPLETION_SCRIPTS;
