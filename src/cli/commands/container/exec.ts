import type { CallOptions } from "../../../client/engine-client.ts";
import { conflict, EngineAnswer, invalidArgument, isKind } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { consoleSize, followSize } from "../../containers/follow-size.ts";
import { joinStreams } from "../../containers/streams.ts";
import { exitCode } from "../../exit-code.ts";
import {
  environmentFlags,
  environmentList,
  givenVariables,
  variablesInFiles,
} from "../../flags/container/environment.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { isTerminal, standardInput } from "../../terminal/tty.ts";

const flags = {
  ...environmentFlags,
  detach: booleanFlag("Detached mode: run command in the background", { short: "d" }),
  "detach-keys": stringFlag("Override the key sequence for detaching a container"),
  interactive: booleanFlag("Keep STDIN open even if not attached", { short: "i" }),
  privileged: booleanFlag("Give extended privileges to the command"),
  tty: booleanFlag("Allocate a pseudo-TTY", { short: "t" }),
  user: stringFlag('Username or UID (format: "<name|uid>[:<group|gid>]")', { short: "u" }),
  workdir: stringFlag("Working directory inside the container", { short: "w" }),
};

// trail: exec -it
export const execCommand = command({
  usage: "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
  flags,
  arguments: [2, Number.POSITIVE_INFINITY],
  interspersed: false,
  async run({ values, positional: [name = "", ...words] }, _, session) {
    const { detach, tty } = values;
    const environment = [
      ...variablesInFiles(values["env-file"], session.env),
      ...environmentList(givenVariables(values.env, session.env)),
    ];
    const keys = values["detach-keys"] || (await session.config()).detachKeys;
    const detachKeys = typeof keys === "string" ? keys : "";
    const input = values.interactive && !detach;
    const engine = await session.engine();
    if (input && tty && !isTerminal(standardInput)) {
      // That there is no such container is the better thing to say.
      await engine.call("ContainerInspect", { params: { id: name } });
      throw invalidArgument("the input device is not a TTY");
    }
    const size = tty ? consoleSize() : undefined;
    const body = {
      User: values.user,
      Privileged: values.privileged,
      Tty: tty,
      ...(size && size[0] > 0 && { ConsoleSize: size }),
      AttachStdin: input,
      AttachStderr: !detach,
      AttachStdout: !detach,
      DetachKeys: detachKeys,
      Env: environment.length > 0 ? environment : null,
      WorkingDir: values.workdir,
      Cmd: words,
    };
    const created = await engine.call("ContainerExec", {
      params: { id: name },
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
  },
});
