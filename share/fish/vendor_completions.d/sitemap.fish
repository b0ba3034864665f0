# Completion of sitemap for fish.
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
