import { closeSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { reasonOf } from "../flags/container/environment.ts";

/** `--cidfile`: it must not be there before, and goes away again when no container came of it. */
export function openCidFile(path: string): { write(id: string): void } & Disposable {
  if (path === "") return { write() {}, [Symbol.dispose]() {} };
  if (statSync(path, { throwIfNoEntry: false })) {
    throw invalidArgument(
      `container ID file found, make sure the other container isn't running or delete ${path}`,
    );
  }
  let fd: number;
  try {
    fd = openSync(path, "wx", 0o666);
  } catch (error) {
    throw invalidArgument(`failed to create the container ID file: open ${path}: ${reasonOf(error)}`, error);
  }
  let written = false;
  return {
    write(id) {
      try {
        writeSync(fd, id);
      } catch (error) {
        throw invalidArgument(`failed to write the container ID to the file: ${messageOf(error)}`, error);
      }
      written = true;
    },
    [Symbol.dispose]() {
      closeSync(fd);
      if (!written) rmSync(path, { force: true });
    },
  };
}
