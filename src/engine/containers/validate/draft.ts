import { type EngineError, invalidArgument } from "../../../errors/engine-error.ts";
import type { HostConfig } from "../../../records/container-config.ts";
import type { HostAbilities } from "./host-abilities.ts";

/** A host configuration on its way through the checks, which fill in defaults and drop what cannot be. */
export interface Draft {
  readonly hostConfig: { -readonly [Key in keyof HostConfig]: HostConfig[Key] };
  readonly host: HostAbilities;
  readonly warnings: string[];
}

export const refuse = (message: string): EngineError => invalidArgument(message);

/** What Go prints for `%q`. */
export const quoted = (text: string) => JSON.stringify(text);
