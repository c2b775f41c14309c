import { notImplemented } from "../../errors/engine-error.ts";
import { booleanFlag } from "./flag.ts";

export const contentTrustFlag = (what: string) =>
  booleanFlag(`Skip image ${what}`, { initial: true, defaultText: "true" });

/** Who asks for signatures to be checked must not get an image without. */
export function refuseContentTrust(skip: boolean, given: boolean, env: NodeJS.ProcessEnv): void {
  const asked = given ? !skip : /^(1|t|true|yes|on)$/i.test(env.DOCKER_CONTENT_TRUST ?? "");
  if (asked) throw notImplemented("content trust (signatures of Notary) is not supported");
}
