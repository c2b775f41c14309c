import { HttpRepository } from "../registry/client/http-repository.ts";
import { RegistrySession } from "../registry/client/registry-session.ts";
import type { Upstream } from "../registry/server/proxy/proxy-source.ts";
import type { ProxyConfig } from "../registry/server/registry-config.ts";

/** The registry of `--proxy`, by our own client: one session for all repositories. */
export function openUpstream({ url, username, password, insecure }: ProxyConfig): Upstream {
  const { protocol, host, pathname } = new URL(url);
  const session = new RegistrySession(
    {
      host,
      prefix: pathname.replace(/\/+$/, ""),
      schemes: [protocol === "http:" ? "http" : "https"],
      isMirror: false,
    },
    {
      // An address with http:// is the operator's word that the clear is wanted.
      insecureRegistries: insecure || protocol === "http:" ? [host] : [],
      credentials:
        username === undefined || password === undefined
          ? undefined
          : { username, password, identityToken: "" },
      // A client waits behind each question: it shall hear soon that there is no answer.
      retries: { attempts: 2, pauseMs: 200, longestPauseMs: 1000 },
    },
  );
  return (name) => new HttpRepository(name, "pull", session);
}
