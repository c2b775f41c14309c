/** Needs bash 4.4, and nothing else: words that bash has split at : and = are put together again. */
export function bashScript(program: string, verb: string): string {
  return `# bash completion for ${program}

__${program}_complete() {
    local line=\${COMP_LINE:0:COMP_POINT} piece i
    local -a words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=\${COMP_WORDS[i]}
        if ((i == 0)) || [[ $line == [[:blank:]]* ]]; then
            line=\${line#"\${line%%[![:blank:]]*}"}
            words+=("")
        fi
        # Of the word under the cursor only what stands before it.
        ((i == COMP_CWORD)) && piece=$line
        words[-1]+=$piece
        line=\${line#"$piece"}
    done

    local current=\${words[-1]} value
    local -a lines=()
    mapfile -t lines < <("\${words[0]}" ${verb} "\${words[@]:1}" 2>/dev/null)
    COMPREPLY=()
    ((\${#lines[@]} > 0)) || return
    local directive=\${lines[-1]#:}
    unset 'lines[-1]'
    [[ $directive =~ ^[0-9]+$ ]] || return

    if ((directive & 16)); then
        compopt +o default -o dirnames 2>/dev/null
        return
    fi
    ((directive & 4)) && compopt +o default 2>/dev/null
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 32)) && compopt -o nosort 2>/dev/null

    # Candidates are of the whole word, or of what follows --flag=; readline replaces only what
    # follows the last of its own word breaks.
    local whole=$current typed=$current
    [[ $current == --*=* ]] && whole=\${current#*=}
    typed=\${whole}
    local cut=\${whole%"\${whole##*[$(printf %s "\${COMP_WORDBREAKS//[^:=]/}")]}"}
    [[ $COMP_WORDBREAKS == *:* || $COMP_WORDBREAKS == *=* ]] || cut=
    local width=0
    for value in "\${lines[@]}"; do
        value=\${value%%$'\\t'*}
        ((\${#value} > width)) && width=\${#value}
    done
    for value in "\${lines[@]}"; do
        local name=\${value%%$'\\t'*} about=
        [[ $value == *$'\\t'* ]] && about=\${value#*$'\\t'}
        name=\${name#"$cut"}
        # A list that is only looked at says what the words are; COMP_TYPE 37 puts them in.
        if ((\${#lines[@]} > 1)) && [[ -n $about && $COMP_TYPE != 37 && $COMP_TYPE != 42 ]]; then
            printf -v name '%-*s  (%s)' "$width" "$name" "$about"
            name=\${name:0:\${COLUMNS:-80} - 2}
        elif [[ $name == *[[:space:]\\$\\&\\;\\'\\"\\(\\)\\<\\>\\|]* ]]; then
            printf -v name %q "$name"
        fi
        COMPREPLY+=("$name")
    done
}

complete -o default -F __${program}_complete ${program}
`;
}
