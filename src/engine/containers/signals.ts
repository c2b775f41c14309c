import { invalidArgument } from "../../errors/engine-error.ts";

/** Linux numbers, the same on every architecture we run on. */
const numbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  IOT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  POLL: 29,
  PWR: 30,
  SYS: 31,
};
const firstRealTime = 34;
const lastRealTime = 64;

/** A name with or without `SIG` in any case, a number, `RTMIN`, `RTMIN+n`, `RTMAX-n`. */
export function parseSignal(text: string): number {
  const signal = /^\+?\d+$/.test(text) ? Number(text) : numberOf(text.toUpperCase().replace(/^SIG/, ""));
  if (signal === undefined || signal < 1 || signal > lastRealTime) {
    throw invalidArgument(`invalid signal: ${text}`);
  }
  return signal;
}

function numberOf(name: string): number | undefined {
  if (Object.hasOwn(numbers, name)) return numbers[name];
  const realTime = /^RTM(IN(?:\+(\d+))?|AX(?:-(\d+))?)$/.exec(name);
  if (realTime === null) return undefined;
  const [, , up = "0", down = "0"] = realTime;
  const signal = name.startsWith("RTMIN") ? firstRealTime + Number(up) : lastRealTime - Number(down);
  return signal >= firstRealTime && signal <= lastRealTime ? signal : undefined;
}
