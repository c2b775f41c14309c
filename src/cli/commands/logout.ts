import { command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { eraseCredentials } from "../registry-auth/credentials.ts";
import { hubServer, serverKey } from "../registry-auth/servers.ts";

export const logoutCommand = command({
  usage: "logout [SERVER]",
  long: "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
  flags: {},
  arguments: [0, 1],
  async run({ positional: [name = ""] }, terminal, session) {
    const server = serverKey(name);
    // Older programs kept whole addresses.
    const keys = server === hubServer ? [server] : [name, server, `http://${server}`, `https://${server}`];
    terminal.out(`Removing login credentials for ${server}\n`);
    const failures = await eraseCredentials([...new Set(keys)], session);
    if (failures.length > 0) terminal.err(`WARNING: could not erase credentials:\n${failures.join("\n")}\n`);
    return exitCode.ok;
  },
});
