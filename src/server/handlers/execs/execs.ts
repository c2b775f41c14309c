import type { ExecService } from "../../../engine/services/execs.ts";
import { invalidArgument, isKind, messageOf } from "../../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply } from "../../../http/reply.ts";
import { encodeFrame } from "../../../protocol/stream-frames.ts";
import type { ApiCall } from "../../api-call.ts";
import { relaySession } from "../../relay-session.ts";
import { wireExec } from "../../wire/exec.ts";
import { hijackContentType } from "../../wire/stream-types.ts";
import { terminalSize } from "../containers/resize.ts";

// trail: exec -it
export async function postContainerExecCreate(call: ApiCall, execs: ExecService): Promise<Reply> {
  const body = await call.body("ContainerExec");
  if (!body.Cmd || body.Cmd.length === 0) throw invalidArgument("No exec command specified");
  const { id } = await execs.create(call.param("name"), {
    attachStdin: body.AttachStdin ?? false,
    attachStdout: body.AttachStdout ?? false,
    attachStderr: body.AttachStderr ?? false,
    detachKeys: body.DetachKeys ?? "",
    tty: body.Tty ?? false,
    env: body.Env ?? [],
    command: body.Cmd,
    privileged: body.Privileged ?? false,
    user: body.User ?? "",
    workingDir: body.WorkingDir ?? "",
  });
  return jsonReply(201, { Id: id });
}

export async function postContainerExecStart(call: ApiCall, execs: ExecService): Promise<Reply> {
  const id = call.param("id");
  const body = await call.body("ExecStart");
  const detach = body.Detach ?? false;
  const [height, width] = body.ConsoleSize ?? [];
  const options = {
    detach,
    tty: body.Tty ?? false,
    ...(height !== undefined && width !== undefined && { consoleSize: [height, width] as const }),
  };
  // An unknown id is answered as such, whatever the start would say.
  const { record } = await execs.inspect(id);
  if (detach) {
    await execs.start(id, options);
    return emptyReply(200);
  }
  try {
    const session = await execs.start(id, options);
    if (!session) return emptyReply(200);
    return {
      kind: "hijack",
      contentType: hijackContentType(call, session.terminal),
      headers: {},
      talk: (stream) => relaySession(stream, session, record.config.attachStdin),
    };
  } catch (error) {
    // A container that does not run is an error of the request. A command that cannot be
    // run is output: clients then ask for the exit code, and get 126 or 127.
    if (isKind(error, "conflict") || isKind(error, "internal")) throw error;
    return failedStart(call, record.config.tty, error);
  }
}

function failedStart(call: ApiCall, terminal: boolean, error: unknown): Reply {
  const text = Buffer.from(`${messageOf(error)}\r\n`);
  return {
    kind: "hijack",
    contentType: hijackContentType(call, terminal),
    headers: {},
    talk: async (stream) => {
      await stream.write(terminal ? text : encodeFrame("stdout", text));
    },
  };
}

export async function postContainerExecResize(call: ApiCall, execs: ExecService): Promise<Reply> {
  const { height, width } = terminalSize(call);
  await execs.resize(call.param("id"), height, width);
  return emptyReply(200);
}

export async function getExecByID(call: ApiCall, execs: ExecService): Promise<Reply> {
  return jsonReply(200, wireExec(await execs.inspect(call.param("id"))));
}
