import { Scanner } from "./scanner.ts";
import type { Token } from "./token.ts";
import { YamlFault } from "./yaml-fault.ts";

export interface Scan {
  readonly tokens: readonly Token[];
  /** Why the tokens end early: counts only when the parser gets that far. */
  readonly fault: YamlFault | undefined;
}

/** All tokens of a text, as far as it can be read. */
export function scanTokens(text: string): Scan {
  const scanner = new Scanner(text);
  try {
    scanner.run();
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    return { tokens: scanner.tokens, fault: error };
  }
  return { tokens: scanner.tokens, fault: undefined };
}
