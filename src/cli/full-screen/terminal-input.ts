import { closeSync, constants, openSync } from "node:fs";

/**
 * Bytes typed on the terminal, until disposed. It is opened anew every time: a reader of
 * descriptor 0 could not be stopped without taking the next key with it, which would be missing
 * where the terminal goes next.
 */
export function terminalInput(onBytes: (bytes: Uint8Array) => void): Disposable {
  const fd = openSync("/dev/tty", constants.O_RDONLY | constants.O_NONBLOCK);
  const reader = Bun.file(fd).stream().getReader();
  let over = false;
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || over) return;
      onBytes(value);
    }
  };
  // A terminal that is gone ends the program, also where no SIGHUP reaches it.
  read()
    .catch(() => {})
    .finally(() => !over && process.exit(129));
  return {
    [Symbol.dispose]() {
      over = true;
      reader
        .cancel()
        .catch(() => {})
        .finally(() => closeSync(fd));
    },
  };
}
