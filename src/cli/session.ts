import type { EngineClient } from "../client/engine-client.ts";
import type { ConfigFile } from "./config/config-file.ts";
import type { Globals } from "./globals.ts";

/** What one call of the program has besides its flags; everything costly is made on first use. */
export interface Session {
  readonly globals: Globals;
  readonly env: NodeJS.ProcessEnv;
  /** How the program was called: `hull`, or `docker` by a symbolic link. */
  readonly program: string;
  /** The engine this call is about, by `--host`, the environment or the current context. */
  engine(): Promise<EngineClient>;
  /** `config.json`, read once. */
  config(): Promise<ConfigFile>;
}
