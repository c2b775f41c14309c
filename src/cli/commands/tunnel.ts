import { dialEngine } from "../../client/dial-engine.ts";
import { EngineClient } from "../../client/engine-client.ts";
import type { Dial, LocalPort } from "../../client/forward/dial.ts";
import { parseSshDestination, type SshDestination } from "../../client/ssh/ssh-destination.ts";
import { SshKeeper } from "../../client/ssh/ssh-keeper.ts";
import { invalidArgument, messageOf, unavailable } from "../../errors/engine-error.ts";
import { command, type Terminal } from "../command.ts";
import { sshAddress } from "../connect.ts";
import { exitCode } from "../exit-code.ts";
import { booleanFlag, stringFlag } from "../flags/flag.ts";
import { chooseTarget, type TunnelTarget } from "../forward/choose-port.ts";
import { dialInside } from "../forward/dial-inside.ts";
import { endpointText, type ForwardSpec } from "../forward/forward-spec.ts";
import { openInBrowser } from "../forward/open-in-browser.ts";
import { openLocalPorts } from "../forward/open-local-ports.ts";
import { untilStopped } from "../forward/until-stopped.ts";
import type { Session } from "../session.ts";

const flags = {
  local: stringFlag(
    "Local port, or address and port, to listen on (default: the same number, if it is free)",
    {
      placeholder: "[ADDRESS:]PORT",
    },
  ),
  open: booleanFlag("Open the address in the browser"),
};

/** `ssh -L localhost:5000:localhost:300 user@vm` without having to know 300. */
export const tunnelCommand = command({
  usage: "tunnel [OPTIONS] [USER@]HOST[:SSHPORT] CONTAINER[:PORT]",
  flags,
  arguments: [2, 2],
  details: `Examples:
  hull tunnel me@vm web                      to the port that web publishes or exposes
  hull tunnel me@vm:2222 web:80 --open       and opens the browser
  hull tunnel me@vm db:5432 --local 5433`,
  async run({ values, positional: [where = "", what = ""] }, terminal, session) {
    const destination = parseSshDestination(where);
    const { name, port } = parseTarget(what);
    const local = parseLocal(values.local);
    const report = (line: string) => terminal.err(`${line}\n`);
    const keeper = new SshKeeper({ destination, report });
    let ports: LocalPort[] = [];
    try {
      await start(keeper, where);
      const engine = new EngineClient(await sshAddress(destination, session, keeper.master));
      const target = chooseTarget(
        name,
        await engine.call("ContainerInspect", { params: { id: name } }),
        port,
      );
      const dial = await dialTarget(keeper, engine, name, target);
      ports = await openLocalPorts(specOf(local, target), [], dial, terminal, session);
      await announce(ports, target, { name, destination, open: values.open }, terminal, session);
      await untilStopped(new AbortController().signal);
    } finally {
      for (const opened of ports) opened.close();
      keeper.close();
    }
    return exitCode.ok;
  },
});

async function start(keeper: SshKeeper, where: string): Promise<void> {
  try {
    await keeper.start();
  } catch (error) {
    throw unavailable(`cannot reach ${where}: ${messageOf(error)}`, error);
  }
}

/** To a published port by ssh alone, which any engine has; into the container through its engine. */
async function dialTarget(
  keeper: SshKeeper,
  engine: EngineClient,
  name: string,
  target: TunnelTarget,
): Promise<Dial> {
  if (target.kind === "inside") {
    const dial = dialInside(engine, name, { remote: target.inside, protocol: "tcp" });
    return async () => {
      await keeper.ready();
      return await dial();
    };
  }
  await keeper.bring(target);
  return async () => {
    await keeper.ready();
    const connection = await dialEngine({ address: { kind: "unix", path: keeper.far } });
    return { ...connection, input: connection.input.stream() };
  };
}

async function announce(
  ports: readonly LocalPort[],
  target: TunnelTarget,
  { name, destination, open }: { name: string; destination: SshDestination; open: boolean },
  terminal: Terminal,
  session: Session,
): Promise<void> {
  const [first] = ports;
  if (!first) return;
  const scheme = [443, 8443].includes(target.inside) ? "https" : "http";
  const host = first.address === "127.0.0.1" ? "localhost" : first.address;
  const url = `${scheme}://${endpointText(host, first.port)}`;
  const end =
    target.kind === "published"
      ? `port ${target.port} of ${destination.host}, which is port ${target.inside} of ${name}`
      : `port ${target.inside} inside of ${name} on ${destination.host}`;
  terminal.out(`${url} -> ${end}\n`);
  terminal.err("Reachable while this runs; Ctrl-C ends it.\n");
  if (open) await openInBrowser(url, session.env).catch((error) => terminal.err(`${messageOf(error)}\n`));
}

function specOf(local: Local, target: TunnelTarget): ForwardSpec {
  return { address: local.address, local: local.port, remote: target.inside, protocol: "tcp" };
}

function parseTarget(text: string): { name: string; port: number | undefined } {
  const match = /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (!match?.[1] || port === 0 || (port ?? 0) > 65535) {
    throw invalidArgument(`invalid target ${JSON.stringify(text)}: must be CONTAINER or CONTAINER:PORT`);
  }
  return { name: match[1], port };
}

interface Local {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

function parseLocal(text: string): Local {
  if (text === "") return { address: undefined, port: undefined };
  const match = /^(?:(\[[^\]]+\]|[^:[\]]*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65535) {
    throw invalidArgument(`invalid local address ${JSON.stringify(text)}: must be PORT or ADDRESS:PORT`);
  }
  return { address: match[1]?.replace(/^\[|\]$/g, "") || undefined, port };
}
