/** Builds the shim into a file and gives its path back. Throws with a sentence when the C compiler fails. */
export function buildShim(outFile: string): string;
