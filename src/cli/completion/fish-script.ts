export function fishScript(program: string, verb: string): string {
  return `# fish completion for ${program}

function __${program}_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] ${verb} $words[2..-1] "$current" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l directive (string replace -r '^:' '' -- $lines[-1])
    set -e lines[-1]
    string match -qr '^[0-9]+$' -- $directive; or return
    # Behind --flag= fish wants the whole word.
    set -l front (string match -r -- '^--[^=]+=' $current)
    set -l typed (string replace -- "$front" '' $current)
    if test (math "floor($directive / 16) % 2") -eq 1
        for each in (__fish_complete_directories "$typed")
            printf "%s\\n" "$front$each"
        end
        return
    end
    if test (count $lines) -eq 0
        test (math "floor($directive / 4) % 2") -eq 1; and return
        for each in (__fish_complete_path "$typed")
            printf "%s\\n" "$front$each"
        end
        return
    end
    for each in $lines
        printf "%s\\n" "$front$each"
    end
end

complete -c ${program} -f -a '(__${program}_complete)'
`;
}
