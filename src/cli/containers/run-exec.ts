import type { CallOptions, EngineClient } from "../../client/engine-client.ts";
import { conflict, EngineAnswer, invalidArgument, isKind } from "../../errors/engine-error.ts";
import { exitCode } from "../exit-code.ts";
import { isTerminal, standardInput } from "../terminal/tty.ts";
import { consoleSize, followSize } from "./follow-size.ts";
import { joinStreams } from "./streams.ts";

export interface ExecWish {
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly user: string;
  readonly workdir: string;
  readonly privileged: boolean;
  readonly tty: boolean;
  readonly interactive: boolean;
  readonly detach: boolean;
  /** Empty for the usual ones. */
  readonly detachKeys: string;
}

/** One more process in a running container, joined with the streams of this program; gives its exit code. */
// trail: exec -it
export async function runExec(engine: EngineClient, container: string, wish: ExecWish): Promise<number> {
  const { detach, tty, detachKeys } = wish;
  const input = wish.interactive && !detach;
  if (input && tty && !isTerminal(standardInput)) {
    // That there is no such container is the better thing to say.
    await engine.call("ContainerInspect", { params: { id: container } });
    throw invalidArgument("the input device is not a TTY");
  }
  const size = tty ? consoleSize() : undefined;
  const body = {
    User: wish.user,
    Privileged: wish.privileged,
    Tty: tty,
    ...(size && size[0] > 0 && { ConsoleSize: size }),
    AttachStdin: input,
    AttachStderr: !detach,
    AttachStdout: !detach,
    DetachKeys: detachKeys,
    Env: wish.environment.length > 0 ? wish.environment : null,
    WorkingDir: wish.workdir,
    Cmd: wish.command,
  };
  const created = await engine.call("ContainerExec", {
    params: { id: container },
    body,
  } as unknown as CallOptions<"ContainerExec">);
  const id = created.Id;
  if (!id) throw conflict("exec ID empty");
  const start = { Detach: detach, Tty: tty, ...(body.ConsoleSize && { ConsoleSize: body.ConsoleSize }) };
  const options = { params: { id }, body: start } as unknown as CallOptions<"ExecStart">;
  if (detach) {
    await engine.call("ExecStart", options);
    return exitCode.ok;
  }
  const connection = await engine.hijack("ExecStart", options);
  using _size = tty ? followSize(engine, { kind: "exec", id }) : undefined;
  if ((await joinStreams(connection, { tty, input, detachKeys })) === "detached") {
    throw conflict("read escape sequence");
  }
  try {
    const { ExitCode: code } = await engine.call("ExecInspect", { params: { id } });
    return code ?? exitCode.ok;
  } catch (error) {
    // The container went away with it.
    if (error instanceof EngineAnswer && isKind(error, "not_found")) return exitCode.engineFailed;
    throw error;
  }
}
