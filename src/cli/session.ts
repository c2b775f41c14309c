import type { EngineClient } from "../client/engine-client.ts";
import type { ConfigFile } from "./config/config-file.ts";
import type { FlagSet } from "./flags/flag.ts";
import type { ParsedFlags } from "./flags/parse.ts";
import type { Globals } from "./globals.ts";

/** What `main/` gives to each call of the program. */
export interface Call {
  readonly env: NodeJS.ProcessEnv;
  /** What the program was called as, for messages and help: `hull`, or `docker` by a symbolic link. */
  readonly program: string;
  /** The path or word it was started by; plugins are told, to call back. */
  readonly startedAs?: string;
  /** Which process of this machine has a port, in words; undefined where that cannot be told. */
  holderOfPort(protocol: "tcp" | "udp", address: string, port: number): Promise<string | undefined>;
}

/** What one call of the program has besides its flags; everything costly is made on first use. */
export interface Session extends Call {
  readonly globals: Globals;
  /** Flags between a group's word and its command (`compose -f FILE up`); undefined where there were none. */
  readonly group?: ParsedFlags<FlagSet>;
  /** Whether a first word is one of this program's own: plugins may not have its name. */
  isCommand(word: string): boolean;
  /** The command line as it was given, global options and all. */
  readonly line: readonly string[];
  /** The engine this call is about, by `--host`, the environment or the current context. */
  engine(): Promise<EngineClient>;
  /** Does this when the command has ended, however it ended. */
  atEnd(undo: () => void): void;
  end(): void;
  /** `config.json`, read once. */
  config(): Promise<ConfigFile>;
}
