import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { invalidArgument, messageOf } from "../errors/engine-error.ts";
import { brokenPipe } from "./terminal/write-out.ts";

/** Where a download goes: it is there whole or not at all. */
export interface WholeFile extends Disposable {
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
}

/** Written beside and renamed at the end; what was there stays until then. `failure` begins its messages. */
export function openWholeFile(path: string, failure: string): WholeFile {
  try {
    checkPlace(path);
    const fresh = join(dirname(path), `.tmp-${basename(path)}${process.pid}`);
    const file = openSync(fresh, "wx", 0o600);
    let open = true;
    return {
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      },
      async finish() {
        fsyncSync(file);
        renameSync(fresh, path);
        closeSync(file);
        open = false;
      },
      [Symbol.dispose]() {
        if (!open) return;
        closeSync(file);
        rmSync(fresh, { force: true });
      },
    };
  } catch (error) {
    throw invalidArgument(`${failure}: ${messageOf(error)}`, error);
  }
}

/**
 * The same for standard output, which cannot be taken back. When nobody reads any more the
 * program ends as other programs do on SIGPIPE.
 */
export function standardOutput(): WholeFile {
  const sink = Bun.stdout.writer({ highWaterMark: 1 << 20 });
  return {
    write: (bytes) =>
      untilNobodyReads(async () => {
        sink.write(bytes);
        await sink.flush();
      }),
    finish: () =>
      untilNobodyReads(async () => {
        await sink.end();
      }),
    [Symbol.dispose]() {},
  };
}

async function untilNobodyReads(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EPIPE") process.exit(brokenPipe);
    throw error;
  }
}

/** Only a plain file may be replaced; words of Docker. */
function checkPlace(path: string): void {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })) {
    throw invalidArgument(`invalid output path: stat ${folder}: no such file or directory`);
  }
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there || there.isFile()) return;
  if (there.isDirectory()) throw invalidArgument("cannot write to a directory");
  if (there.isSymbolicLink()) throw invalidArgument("cannot write to a symbolic link directly");
  if (there.isFIFO()) throw invalidArgument("cannot write to a named pipe (FIFO)");
  if (there.isSocket()) throw invalidArgument("cannot write to a socket");
  throw invalidArgument(`cannot write to a ${there.isCharacterDevice() ? "character" : "block"} device file`);
}
