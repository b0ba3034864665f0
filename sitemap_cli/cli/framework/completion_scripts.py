"""The completion scripts of shells. All of them call the program, and never evaluate what it prints."""

BASH = r"""# Completion of sitemap for bash.
_sitemap_completion() {
    local program="${1/#\~/$HOME}" typed="${COMP_LINE:0:$COMP_POINT}" line answer=()
    while IFS= read -r line; do
        answer+=("$line")
    done < <("$program" __complete bash "$typed" "$COMP_TYPE" "$COMP_WORDBREAKS" 2>/dev/null)
    COMPREPLY=("${answer[@]:1}")
    case "${answer[0]-files}" in
        none) compopt +o default +o bashdefault 2>/dev/null ;;
        open) compopt +o default +o bashdefault -o nospace 2>/dev/null ;;
    esac
}
complete -o default -o bashdefault -o nosort -F _sitemap_completion sitemap 2>/dev/null ||
    complete -o default -o bashdefault -F _sitemap_completion sitemap
"""

ZSH = r"""#compdef sitemap
# Completion of sitemap for zsh.
_sitemap() {
    local program="${(Q)words[1]/#\~/$HOME}" line
    local -a typed answer words_found shown
    typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
    answer=("${(@f)$("$program" __complete zsh "$typed[@]" 2>/dev/null)}")
    for line in "${(@)answer[2,-1]}"; do
        words_found+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  -- }")
    done
    local -a space
    local -i is_missing=1
    [[ $answer[1] == open ]] && space=(-S '')
    (( $#words_found )) && compadd -V sitemap -l $space -d shown -a words_found && is_missing=0
    [[ $answer[1] == (files|) ]] && _files && is_missing=0
    return is_missing
}
if [[ "$funcstack[1]" == _sitemap ]]; then
    _sitemap "$@"
elif (( $+functions[compdef] )); then
    compdef _sitemap sitemap
fi
"""

FISH = r"""# Completion of sitemap for fish.
function __sitemap_complete
    set -l typed (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --cut-at-cursor --current-token)
    set -l program $typed[1]
    set -e typed[1]
    set -l answer (command $program __complete fish $typed "$current" 2>/dev/null)
    if test "$answer[1]" = files
        __fish_complete_path "$current"
    end
    set -e answer[1]
    string join \n -- $answer
end
complete --command sitemap --no-files --keep-order --arguments '(__sitemap_complete)'
"""

POWERSHELL = r"""# Completion of sitemap for PowerShell.
Register-ArgumentCompleter -Native -CommandName sitemap -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $typed = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        Select-Object -Skip 1 |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
    $program = $commandAst.CommandElements[0].Extent.Text
    $answer = @(& $program __complete powershell @typed "$wordToComplete." 2>$null)
    if ($answer.Count -lt 2) { return }
    $answer[1..($answer.Count - 1)] | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if (-not $about) { $about = $word }
        $text = $word
        if ($word -notmatch '^[A-Za-z0-9_./:=+-]+$') { $text = "'" + ($word -replace "'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $about)
    }
}
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}
"""The scripts by the names of the shells."""
