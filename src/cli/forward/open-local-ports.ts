import type { Dial, LocalPort } from "../../client/forward/dial.ts";
import type { Terminal } from "../command.ts";
import type { Session } from "../session.ts";
import type { ForwardSpec } from "./forward-spec.ts";
import { openPort } from "./open-port.ts";

/** Both loopbacks unless addresses are named: browsers take `localhost` for either. */
export async function openLocalPorts(
  spec: ForwardSpec,
  addresses: readonly string[],
  dial: Dial,
  terminal: Terminal,
  session: Session,
): Promise<LocalPort[]> {
  const named = spec.address !== undefined ? [spec.address] : addresses.flatMap((text) => text.split(","));
  const numeric = named.map((text) => (text === "localhost" ? "127.0.0.1" : text));
  const [first = "127.0.0.1", ...others] = numeric;
  const options = {
    dial,
    report: (line: string) => terminal.err(`${line}\n`),
    holderOf: session.holderOfPort,
  };
  const opened = [await openPort({ ...options, spec, address: first })];
  const same = { ...spec, local: opened[0]?.port };
  try {
    for (const address of others) opened.push(await openPort({ ...options, spec: same, address }));
  } catch (error) {
    for (const port of opened) port.close();
    throw error;
  }
  if (named.length === 0) {
    const second = await openPort({ ...options, spec: same, address: "::1" }).catch(() => undefined);
    if (second) opened.push(second);
  }
  return opened;
}
