export const exitCodesTopic = `
Of run, exec and start -a:

  0 … 124   what the process ended with
  125       the engine could not do it, or the command line was wrong
  126       the command is there but could not be executed: no permission, another machine's
            program, a folder
  127       the command was not found, or the interpreter it names
  128 + N   signal N ended the process: 130 Ctrl-C, 137 KILL (often: out of memory, or a
            stop that took too long), 139 a crash (SEGV), 143 TERM (an ordinary stop)

Of other commands:

  0         done
  1         it could not be done; the message says why
  2         a fault of this program; please report it
  125       a flag that is not known or not right

A command that was given several names goes on after a failure and gives 1 at the end. \`hull wait\` prints exit codes, \`hull why\` explains them.
`;
