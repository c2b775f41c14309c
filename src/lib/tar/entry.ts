/** What a tar archive says about one file; the same type is read and written. */
export type TarType = "file" | "directory" | "symlink" | "hardlink" | "char" | "block" | "fifo";

export interface TarEntry {
  /** As it stands in the archive: may be absolute, contain `..` or newlines. Whoever extracts must check. */
  readonly path: string;
  readonly type: TarType;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname?: string;
  readonly gname?: string;
  /** Bytes of the file as the reader of it sees them, holes included. 0 for all but files. */
  readonly size: number;
  readonly modified: TarTime;
  readonly accessed?: TarTime;
  /** Target of a symbolic link, or path in the archive of what a hard link is another name of. */
  readonly linkTarget?: string;
  readonly deviceMajor?: number;
  readonly deviceMinor?: number;
  /** Extended attributes by full name, values are bytes. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
  /** The parts of a sparse file that hold data, ascending; absent when it has no holes. */
  readonly sparse?: readonly TarSegment[];
}

export interface TarTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export interface TarSegment {
  readonly offset: number;
  readonly length: number;
}

export const blockSize = 512;

/** Names, limits and records a sane archive stays far below; a hostile one must not exhaust memory. */
export const maxHeaderRecord = 1 << 20;

export function epochSeconds(seconds: number): TarTime {
  return { seconds, nanoseconds: 0 };
}
