export const detachTopic = `
In the foreground (run, start -a, attach, exec) this terminal belongs to the process in the container.

Ctrl-P Ctrl-Q leaves it running and gives the terminal back. Other keys: --detach-keys, or "detachKeys" in config.json; letters, ctrl-LETTER (also ctrl-@ [ \\ ] ^ _), with commas between them. They work with -i and -t, and where standard input is a terminal.

Without -t signals sent to this program are passed on to the process: Ctrl-C, TERM, HUP, USR1 and so on. --sig-proxy=false keeps them. With -t all keys are the process's own, Ctrl-C too.

A process with the number 1 is not ended by a signal it has no handler for. \`--init\` puts a small program in front that passes signals on and collects children. \`hull stop\` sends the stop signal (STOPSIGNAL of the image or --stop-signal, else TERM), and KILL when the process is still there after --stop-timeout, ten seconds.
`;
