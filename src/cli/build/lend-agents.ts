import { dialEngine } from "../../client/dial-engine.ts";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import type { BuildSession } from "./build-session.ts";

/** `--ssh default`, `--ssh id=/path/to/agent.sock` */
export interface AgentWanted {
  readonly id: string;
  readonly socket: string;
}

export function agentWanted(text: string, env: NodeJS.ProcessEnv): AgentWanted {
  const at = text.indexOf("=");
  const id = (at < 0 ? text : text.slice(0, at)) || "default";
  const socket = at < 0 ? (env.SSH_AUTH_SOCK ?? "") : text.slice(at + 1);
  if (socket === "") {
    throw invalidArgument(
      `invalid ssh ${JSON.stringify(text)}: SSH_AUTH_SOCK is empty, and no socket is named`,
    );
  }
  if (/^-----BEGIN/.test(socket)) throw invalidArgument("invalid ssh: a path is needed, not a key");
  return { id, socket };
}

/**
 * Holds one connection open to the engine for the next who needs the agent. When a step begins to talk
 * on it, it is joined with the agent, and the next one is opened.
 */
export async function lendAgent(
  session: BuildSession,
  { id, socket }: AgentWanted,
  signal: AbortSignal,
): Promise<void> {
  const waiting = await session.hijack(`ssh/${encodeURIComponent(id)}`, {}, signal);
  const serve = async () => {
    const reader = waiting.input.getReader();
    const first = await reader.read();
    if (first.done) return;
    void lendAgent(session, { id, socket }, signal).catch(() => {});
    const agent = await dialEngine({ address: { kind: "unix", path: socket } });
    const inward = async () => {
      await agent.write(first.value);
      for (let next = await reader.read(); !next.done; next = await reader.read())
        await agent.write(next.value);
      agent.closeWrite();
    };
    void inward().catch(() => agent.close());
    for (let bytes = await agent.input.next(); bytes; bytes = await agent.input.next())
      await waiting.write(bytes);
    agent.close();
    waiting.closeWrite();
  };
  serve().catch(() => waiting.close());
}

/** Whether an agent listens there: better said before the build than in it. */
export async function checkAgent({ id, socket }: AgentWanted): Promise<void> {
  try {
    (await dialEngine({ address: { kind: "unix", path: socket } })).close();
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw invalidArgument(
      `no ssh agent ${JSON.stringify(id)} listens on ${JSON.stringify(socket)}: ${messageOf(reason)}`,
    );
  }
}
