import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { changeConfigFile } from "../config/config-file.ts";
import type { Session } from "../session.ts";
import { CredentialHelper } from "./credential-helper.ts";
import { helperName } from "./helper-name.ts";
import { authInFile, encodeAuth, type RegistryAuth } from "./stored-auth.ts";

/** A helper that gives this user name gives an identity token for a password. */
const tokenUser = "<token>";

/** What is kept for a server: by DOCKER_AUTH_CONFIG, a helper, or config.json. Empty when nothing is. */
export async function findCredentials(server: string, session: Session): Promise<RegistryAuth> {
  const given = authInFile(environmentAuths(session.env), server);
  if (given.serveraddress !== undefined) return given;
  const config = await session.config();
  const name = helperName(config, server);
  if (name === "") return authInFile(config.auths, server);
  const answer = await new CredentialHelper(name, session.env).get(server);
  if (!answer) return {};
  const { Username: username, Secret: secret } = answer;
  if (username === tokenUser) return { serveraddress: server, identitytoken: secret };
  return { username, password: secret, serveraddress: server };
}

/** Keeps them where config.json says; tells whether that is config.json itself. */
export async function saveCredentials(
  server: string,
  auth: RegistryAuth,
  helper: string,
  session: Session,
): Promise<"file" | "helper"> {
  const { configDirectory } = session.globals;
  if (helper !== "") {
    const { username = "", password = "", identitytoken } = auth;
    const program = new CredentialHelper(helper, session.env);
    const [user, secret] = identitytoken ? [tokenUser, identitytoken] : [username, password];
    await program.store(server, user, secret);
  }
  // What a helper keeps is an empty entry: that a login is there can be seen without asking it.
  const entry = helper === "" ? encodeAuth(auth) : {};
  changeConfigFile(configDirectory, (file) => ({
    ...file,
    auths: { ...file.auths, [server]: entry },
    // A program found on this machine that no configuration names: the next call must find it again.
    ...(helper !== helperName(file, server) && { credsStore: helper }),
  }));
  return helper === "" ? "file" : "helper";
}

/** Forgets them; a server may be kept under several keys. Gives a reason for each that failed. */
export async function eraseCredentials(keys: readonly string[], session: Session): Promise<string[]> {
  const config = await session.config();
  const failures: string[] = [];
  for (const key of keys) {
    try {
      const name = helperName(config, key);
      if (name !== "") await new CredentialHelper(name, session.env).erase(key);
    } catch (error) {
      failures.push(`${key}: ${messageOf(error)}`);
    }
  }
  if (keys.some((key) => config.auths && Object.hasOwn(config.auths, key))) {
    changeConfigFile(session.globals.configDirectory, ({ auths = {}, ...rest }) => ({
      auths: Object.fromEntries(Object.entries(auths).filter(([key]) => !keys.includes(key))),
      ...rest,
    }));
  }
  return failures;
}

/** DOCKER_AUTH_CONFIG: what config.json has below "auths", for one shell. */
export function environmentAuths(env: NodeJS.ProcessEnv): Readonly<Record<string, unknown>> {
  const text = env.DOCKER_AUTH_CONFIG;
  if (!text) return {};
  try {
    const { auths } = JSON.parse(text) as { auths?: unknown };
    if (typeof auths === "object" && auths !== null) return { ...auths };
  } catch {
    // It may hold a password: it is not repeated.
  }
  throw invalidArgument("cannot read DOCKER_AUTH_CONFIG: it must be JSON with the key auths");
}
