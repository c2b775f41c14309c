import { messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import type { ConfigFile } from "../config/config-file.ts";
import type { Session } from "../session.ts";

/** As the API takes it in `X-Registry-Auth`. */
interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly serveraddress?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** Docker Hub under the name `docker login` gives it. */
const hubKey = "https://index.docker.io/v1/";
/** A helper that gives this user name gives an identity token for a password. */
const tokenUser = "<token>";

/**
 * The header that takes the user's own login to the engine, which keeps none. A helper that
 * fails is said, and the call goes on without: the image may be public.
 */
export async function registryAuthHeader(
  domain: string,
  terminal: Terminal,
  session: Session,
): Promise<Record<string, string>> {
  const auth = await findAuth(domain === "docker.io" ? hubKey : domain, terminal, session);
  const text = Buffer.from(JSON.stringify(auth)).toString("base64");
  return { "X-Registry-Auth": text.replaceAll("+", "-").replaceAll("/", "_") };
}

async function findAuth(server: string, terminal: Terminal, session: Session): Promise<RegistryAuth> {
  const config = await session.config();
  const inFile = fromFile(config, server);
  const helper = helperOf(config, server);
  if (helper === "") return inFile;
  try {
    const { askCredentialHelper } = await import("./credential-helper.ts");
    const answer = await askCredentialHelper(helper, server, session.env);
    if (!answer) return {};
    const { Username: username, Secret: secret } = answer;
    if (username === tokenUser) return { serveraddress: server, identitytoken: secret };
    return { username, password: secret, serveraddress: server };
  } catch (error) {
    terminal.err(`WARNING: no credentials for ${JSON.stringify(server)}: ${messageOf(error)}\n`);
    return inFile;
  }
}

function helperOf({ credHelpers, credsStore }: ConfigFile, server: string): string {
  const named = textsOf(credHelpers).get(server);
  return named ?? (typeof credsStore === "string" ? credsStore : "");
}

/** Older files have whole addresses for keys. */
function fromFile({ auths }: ConfigFile, server: string): RegistryAuth {
  const all = Object.entries(typeof auths === "object" && auths !== null ? auths : {});
  const found = all.find(([key]) => key === server) ?? all.find(([key]) => hostOf(key) === server);
  if (!found) return {};
  const fields = textsOf(found[1]);
  const decoded = Buffer.from(fields.get("auth") ?? "", "base64").toString();
  const colon = decoded.indexOf(":");
  const username = colon < 0 ? (fields.get("username") ?? "") : decoded.slice(0, colon);
  const password = colon < 0 ? (fields.get("password") ?? "") : decoded.slice(colon + 1).replace(/\0+$/, "");
  const identitytoken = fields.get("identitytoken") ?? "";
  const registrytoken = fields.get("registrytoken") ?? "";
  return {
    ...(username !== "" && { username }),
    ...(password !== "" && { password }),
    serveraddress: found[0],
    ...(identitytoken !== "" && { identitytoken }),
    ...(registrytoken !== "" && { registrytoken }),
  };
}

function textsOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(typeof value === "object" && value !== null ? value : {});
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function hostOf(key: string): string {
  return (key.replace(/^[a-z]+:\/\//, "").split("/")[0] ?? "").trim();
}
