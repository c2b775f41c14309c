import type { ConfigFile } from "../config/config-file.ts";
import { textsOf } from "./stored-auth.ts";

/** The helper that keeps passwords of a server; empty for none. */
export function helperName(config: ConfigFile, server: string): string {
  const named = textsOf(config.credHelpers).get(server);
  return named ?? (typeof config.credsStore === "string" ? config.credsStore : "");
}

/**
 * The helper a new login goes to. Where nothing is configured and no password lies in
 * config.json yet, it is the desktop's own, if its program is there.
 */
export function helperForLogin(config: ConfigFile, server: string, env: NodeJS.ProcessEnv): string {
  const name = helperName(config, server);
  if (name !== "" || Object.keys(config.auths ?? {}).length > 0) return name;
  const has = (program: string) => Bun.which(program, { PATH: env.PATH ?? "" }) !== null;
  const desktop = has("pass") ? "pass" : "secretservice";
  return has(`docker-credential-${desktop}`) ? desktop : "";
}
