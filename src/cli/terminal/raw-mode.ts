import { restoreAtEnd } from "./restore.ts";
import { isTerminal, setRaw, standardInput } from "./tty.ts";

/**
 * Raw mode until disposed; it is left however the program ends. Nothing happens where the
 * descriptor is no terminal. A program stopped and continued by its shell is raw again.
 */
export function rawMode(fd: number = standardInput): Disposable {
  if (!isTerminal(fd)) return { [Symbol.dispose]() {} };
  setRaw(fd, true);
  const again = () => setRaw(fd, true);
  process.on("SIGCONT", again);
  return restoreAtEnd(() => {
    process.off("SIGCONT", again);
    setRaw(fd, false);
  });
}
