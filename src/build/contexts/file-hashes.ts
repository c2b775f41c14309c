/**
 * SHA-256 of the contents of files below one directory, by path. A hash stands for a file as it was
 * when it was noted: with another size or time it is not known any more.
 */
export class FileHashes {
  readonly #hashes = new Map<string, { readonly state: string; readonly hash: string }>();

  get(path: string, state: FileState): string | undefined {
    const known = this.#hashes.get(path);
    return known?.state === stateOf(state) ? known.hash : undefined;
  }

  set(path: string, state: FileState, hash: string): void {
    this.#hashes.set(path, { state: stateOf(state), hash });
  }
}

export interface FileState {
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

function stateOf({ size, mtimeNs }: FileState): string {
  return `${size} ${mtimeNs}`;
}

/** Of directories whose files were hashed on their way in; those of builds long gone make room. */
const kept = 32;
const byDirectory = new Map<string, FileHashes>();

export function hashesOf(directory: string): FileHashes {
  const hashes = byDirectory.get(directory) ?? new FileHashes();
  byDirectory.delete(directory);
  byDirectory.set(directory, hashes);
  for (const oldest of byDirectory.keys()) {
    if (byDirectory.size <= kept) break;
    byDirectory.delete(oldest);
  }
  return hashes;
}
