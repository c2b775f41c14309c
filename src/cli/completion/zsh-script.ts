export function zshScript(program: string, verb: string): string {
  return `#compdef ${program}
# zsh completion for ${program}

_${program}() {
    local -a typed lines described
    local line value directive
    typed=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
    lines=("\${(@f)$("\${(Q)words[1]}" ${verb} "\${typed[@]}" 2>/dev/null)}")
    directive=\${lines[-1]#:}
    [[ $directive == <-> ]] || return 1
    lines[-1]=()

    # Behind --flag= only the value is completed.
    [[ $PREFIX == --*=* ]] && compset -P '*='
    if ((directive & 16)); then
        _files -/
        return
    fi
    if ((\${#lines} == 0)); then
        ((directive & 4)) && return 1
        _files
        return
    fi
    for line in "\${lines[@]}"; do
        [[ -n $line ]] || continue
        value=\${line%%$'\\t'*}
        if [[ $line == *$'\\t'* ]]; then
            described+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
        else
            described+=("\${value//:/\\\\:}")
        fi
    done
    local -a space=()
    ((directive & 2)) && space=(-S '')
    _describe -t ${program} '${program}' described "\${space[@]}"
}

# Sourced, it is made known; from a folder of fpath, it is called at once.
if [[ \${funcstack[1]} == _${program} ]]; then
    _${program} "$@"
else
    compdef _${program} ${program}
fi
`;
}
