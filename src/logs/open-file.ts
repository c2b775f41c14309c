import { close, fstat, open, read, type Stats, write } from "node:fs";

/**
 * A file by descriptor. (The FileHandle of node:fs/promises is closed by the garbage collector
 * in streams it is handed to, and its streams hang on this runtime.)
 */
export class OpenFile implements AsyncDisposable {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  static open(path: string, flags: string, mode = 0o600): Promise<OpenFile> {
    return new Promise((resolve, reject) =>
      open(path, flags, mode, (error, fd) => (error ? reject(error) : resolve(new OpenFile(fd)))),
    );
  }

  /** Fills `bytes` between `start` and `end` from `position` on; fewer bytes only at the end of the file. */
  async read(bytes: Uint8Array, start: number, end: number, position: number): Promise<number> {
    let at = start;
    while (at < end) {
      const got = await new Promise<number>((resolve, reject) =>
        read(this.fd, bytes, at, end - at, position + at - start, (error, count) =>
          error ? reject(error) : resolve(count),
        ),
      );
      if (got === 0) break;
      at += got;
    }
    return at - start;
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      at += await new Promise<number>((resolve, reject) =>
        write(this.fd, bytes, at, bytes.length - at, null, (error, count) =>
          error ? reject(error) : resolve(count),
        ),
      );
    }
  }

  stat(): Promise<Stats> {
    return new Promise((resolve, reject) =>
      fstat(this.fd, (error, stats) => (error ? reject(error) : resolve(stats))),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => close(this.fd, () => resolve()));
  }
}
