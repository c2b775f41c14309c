import { constants } from "node:os";

/** What programs usually mean by an exit code, without knowing the program. */
export function exitWords(code: number): string {
  const signal = signalOfExit(code);
  if (signal !== undefined) return signalWords[signal] ? `${signal}: ${signalWords[signal]}` : signal;
  return codeWords[code] ?? "a code of the program's own";
}

/** 137 is SIGKILL: shells and engines add 128 to the number of the signal. */
export function signalOfExit(code: number): string | undefined {
  return code > 128 ? signalName(code - 128) : undefined;
}

export function signalName(number: number): string | undefined {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  // Names that are aliases on Linux.
  return found && ({ SIGIOT: "SIGABRT", SIGPOLL: "SIGIO", SIGUNUSED: "SIGSYS" }[found[0]] ?? found[0]);
}

/** `SIGTERM`, `TERM` or `15`. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const name = text.toUpperCase().replace(/^(SIG)?/, "SIG");
  return (constants.signals as Readonly<Record<string, number>>)[name];
}

const signalWords: Readonly<Record<string, string>> = {
  SIGHUP: "its terminal was closed, or it was asked to reload",
  SIGINT: "it was interrupted, as by Ctrl-C",
  SIGQUIT: "it was asked to quit with a core dump",
  SIGILL: "it ran an instruction this processor does not have",
  SIGABRT: "it gave itself up: a failed assertion, a broken heap or an uncaught exception",
  SIGBUS: "it read memory that is not there, often a mapped file that was cut short",
  SIGFPE: "a division by zero or another arithmetic error",
  SIGKILL: "it was killed and had no chance to clean up",
  SIGSEGV: "it crashed: an access to memory it does not own",
  SIGPIPE: "it wrote to something nobody reads any more",
  SIGTERM: "it was asked to end, and did",
  SIGSYS: "it made a system call the seccomp profile forbids",
  SIGXCPU: "it used more processor time than its ulimit",
  SIGXFSZ: "it wrote a file larger than its ulimit",
};

const codeWords: Readonly<Record<number, string>> = {
  0: "success: the program did what it had to do",
  1: "a general error: the program says more in its log",
  2: "wrong use: often a mistake in the arguments or in a shell script",
  125: "the engine could not make or start it",
  126: "the program is there but cannot be executed",
  127: "the program, or something it needs to start, is not there",
  128: "the engine could not start it",
  255: "an error without a number: often ssh, or -1 of a program",
};
