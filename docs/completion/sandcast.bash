# Completion of sandcast(1) for bash: the program knows its own words.
_sandcast() {
    local word=${COMP_WORDS[COMP_CWORD]} command='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }
    done
    if [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sandcast help --complete 2>/dev/null) help" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sandcast help --complete "$command" 2>/dev/null)" -- "$word")
    elif [[ $command == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sandcast help --complete 2>/dev/null)" -- "$word")
    elif [[ $command == rules && $i == $((COMP_CWORD - 1)) ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'list test explain init' -- "$word")
    elif [[ $command == key && $i == $((COMP_CWORD - 1)) ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'new id rotate' -- "$word")
    fi
}
complete -o default -F _sandcast sandcast
