import { contentTrustFlag } from "../content-trust.ts";
import { booleanFlag, stringFlag } from "../flag.ts";
import { containerFlags } from "./create-body.ts";

/** The flags of `create`, which `run` has too. */
export const creationFlags = (pullHelp: string) => ({
  ...containerFlags,
  "disable-content-trust": contentTrustFlag("verification"),
  name: stringFlag("Assign a name to the container"),
  platform: stringFlag("Set platform if server is multi-platform capable"),
  pull: stringFlag(pullHelp, { initial: "missing" }),
  quiet: booleanFlag("Suppress the pull output", { short: "q" }),
  "use-api-socket": booleanFlag("Bind mount Docker API socket and required auth"),
});

export function defaultPlatform(value: string, given: ReadonlySet<string>, env: NodeJS.ProcessEnv): string {
  return given.has("platform") ? value : (env.DOCKER_DEFAULT_PLATFORM ?? "");
}
