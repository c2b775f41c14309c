import { type Digest, sha256 } from "./digest.ts";

/** Names a stack of layers by content: the first diff-id itself, then sha256("chain diff"). */
export function chainIds(diffIds: readonly Digest[]): Digest[] {
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : sha256(`${below} ${diffId}`));
  }
  return chain;
}
