import { EngineError, invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { command, type Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { booleanFlag, stringFlag } from "../flags/flag.ts";
import { findCredentials, saveCredentials } from "../registry-auth/credentials.ts";
import { helperForLogin } from "../registry-auth/helper-name.ts";
import { askLine, askSecret, readWhole, refuseWithoutTerminal } from "../registry-auth/prompt.ts";
import { hubServer, serverKey } from "../registry-auth/servers.ts";
import type { RegistryAuth } from "../registry-auth/stored-auth.ts";
import type { Session } from "../session.ts";

const flags = {
  password: stringFlag("Password or Personal Access Token (PAT)", { short: "p" }),
  "password-stdin": booleanFlag("Take the Password or Personal Access Token (PAT) from stdin"),
  username: stringFlag("Username", { short: "u" }),
};

export const loginCommand = command({
  usage: "login [OPTIONS] [SERVER]",
  long: "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
  flags,
  arguments: [0, 1],
  async run({ values, given, positional: [name = ""] }, terminal, session) {
    const fromInput = values["password-stdin"];
    let { username, password } = values;
    checkFlags(given, values);
    if (given.has("password")) {
      terminal.err("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
    }
    if (fromInput) password = await readWhole();
    const server = serverKey(name);
    const auth = username === "" && password === "" ? await withStored(server, terminal, session) : undefined;
    if (auth) return exitCode.ok;
    if (username === "" || password === "") {
      refuseWithoutTerminal();
      [username, password] = await ask(server, username, password, terminal, session);
    }
    await logIn(server, { username, password, serveraddress: server }, terminal, session);
    return exitCode.ok;
  },
});

interface Given {
  readonly username: string;
  readonly password: string;
  readonly "password-stdin": boolean;
}

function checkFlags(given: ReadonlySet<string>, values: Given): void {
  if (values["password-stdin"]) {
    if (values.password !== "") {
      throw invalidArgument("conflicting options: cannot specify both --password and --password-stdin");
    }
    if (values.username === "") {
      throw invalidArgument("the --password-stdin option requires --username to be set");
    }
  }
  if (given.has("username") && values.username === "") throw invalidArgument("username is empty");
  if (given.has("password") && values.password === "") throw invalidArgument("password is empty");
}

/** With what is kept already; false when nothing is, or the registry does not take it any more. */
async function withStored(server: string, terminal: Terminal, session: Session): Promise<boolean> {
  const auth = await findCredentials(server, session);
  if (!auth.username || !auth.password) return false;
  terminal.err(`Authenticating with existing credentials... [Username: ${auth.username}]\n`);
  terminal.err(
    `\n Info -> To login with a different account, run '${session.program} logout' followed by '${session.program} login'\n\n\n`,
  );
  try {
    await logIn(server, auth, terminal, session, { warn: false });
    return true;
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== "unauthorized") throw error;
    terminal.err(`Login did not succeed, error: Error response from daemon: ${messageOf(error)}\n`);
    return false;
  }
}

async function ask(
  server: string,
  username: string,
  password: string,
  terminal: Terminal,
  session: Session,
): Promise<[username: string, password: string]> {
  if (server === hubServer) {
    terminal.out(
      "Log in to Docker Hub with your Docker ID and a personal access token (https://app.docker.com/settings).\nLogging in through a browser is not supported.\n\n",
    );
  }
  const known = (await findCredentials(server, session)).username ?? "";
  const question = known === "" ? "Username: " : `Username (${known}): `;
  const user = username || (await askLine(question, terminal)).trim() || known;
  if (user === "") throw invalidArgument("Error: Non-null Username Required");
  const secret = password || (await askSecret("Password: ", terminal));
  if (secret === "") throw invalidArgument("Error: Password Required");
  return [user, secret];
}

/** The engine asks the registry; what it took is kept. */
async function logIn(
  server: string,
  auth: RegistryAuth,
  terminal: Terminal,
  session: Session,
  { warn } = { warn: true },
): Promise<void> {
  const engine = await session.engine();
  const answer = await engine.call("SystemAuth", { body: { ...auth } });
  const token = answer?.IdentityToken;
  const helper = helperForLogin(await session.config(), server, session.env);
  const { password, ...rest } = auth;
  const kept = token ? { ...rest, identitytoken: token } : { ...rest, ...(password && { password }) };
  try {
    const where = await saveCredentials(server, kept, helper, session);
    if (warn && where === "file" && !token) terminal.err(unencrypted(session.globals.configDirectory));
  } catch (error) {
    throw invalidArgument(`Error saving credentials: ${messageOf(error)}`, error);
  }
  terminal.out(`${answer?.Status || "Login Succeeded"}\n`);
}

function unencrypted(directory: string): string {
  return `\nWARNING! Your credentials are stored unencrypted in '${directory}/config.json'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`;
}
