/**
 * Terminals by file descriptor. Bun's own binding is used instead of `node:tty`, whose import
 * costs more than all the rest of a short command, and whose raw mode still turns `\n` into
 * `\r\n` on the way out, which spoils what full-screen programs in containers draw.
 */
interface TtyBinding {
  isTTY(fd: number): boolean;
  readonly TTY: new (fd: number) => Tty;
}

interface Tty {
  /** 0: as it was at first, 2: raw in both directions. A negative number or an Error tells of a failure. */
  setRawMode(mode: 0 | 2): unknown;
  /** Fills in columns and rows; false when the terminal does not know. */
  getWindowSize(size: [columns: number, rows: number]): boolean;
}

let loaded: TtyBinding | undefined;

function binding(): TtyBinding {
  loaded ??= (process as unknown as { binding(name: "tty_wrap"): TtyBinding }).binding("tty_wrap");
  return loaded;
}

const opened = new Map<number, Tty>();

/** One object a descriptor: it is what remembers how the terminal was at first. */
function ttyOf(fd: number): Tty {
  const known = opened.get(fd);
  if (known) return known;
  const { TTY } = binding();
  const tty = new TTY(fd);
  opened.set(fd, tty);
  return tty;
}

export const standardInput = 0;
export const standardOutput = 1;
export const standardError = 2;

export function isTerminal(fd: number): boolean {
  return binding().isTTY(fd);
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** Undefined for what is no terminal, and for terminals that do not know their size. */
export function windowSize(fd: number = standardOutput): WindowSize | undefined {
  if (!isTerminal(fd)) return undefined;
  const size: [number, number] = [0, 0];
  if (!ttyOf(fd).getWindowSize(size)) return undefined;
  const [columns, rows] = size;
  return columns > 0 && rows > 0 ? { columns, rows } : undefined;
}

/** Calls back whenever the window got another size, until disposed. */
export function onResize(listener: () => void): Disposable {
  process.on("SIGWINCH", listener);
  return { [Symbol.dispose]: () => void process.off("SIGWINCH", listener) };
}

/** Every byte typed comes at once and unchanged, Ctrl-C too; nothing is echoed. */
export function setRaw(fd: number, raw: boolean): void {
  const result = ttyOf(fd).setRawMode(raw ? 2 : 0);
  if (result instanceof Error) throw result;
}
