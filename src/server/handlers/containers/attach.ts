import type { AttachRequest } from "../../../engine/services/attach.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import { relaySession } from "../../relay-session.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { hijackContentType } from "../../wire/stream-types.ts";

function attachRequest(call: ApiCall): AttachRequest {
  return {
    stdin: call.flag("stdin"),
    stdout: call.flag("stdout"),
    stderr: call.flag("stderr"),
    stream: call.flag("stream"),
    logs: call.flag("logs"),
    detachKeys: call.text("detachKeys") ?? "",
  };
}

export async function postContainersAttach(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const request = attachRequest(call);
  const session = await containers.attach(call.param("name"), request);
  return {
    kind: "hijack",
    contentType: hijackContentType(call, session.terminal),
    headers: {},
    talk: (stream) => relaySession(stream, session, request.stdin),
  };
}

export async function getContainersAttachWs(
  call: ApiCall,
  { containers }: ContainersBackend,
): Promise<Reply> {
  if (!call.request.wantsUpgrade("websocket") || !call.request.headers.has("sec-websocket-key")) {
    throw invalidArgument("not a websocket handshake");
  }
  const wanted = attachRequest(call);
  // Before 1.42 a websocket had all three streams, whatever was asked.
  const request = call.atLeast("1.42") ? wanted : { ...wanted, stdin: true, stdout: true, stderr: true };
  const session = await containers.attach(call.param("name"), request);
  return {
    kind: "websocket",
    headers: {},
    talk: (stream) => relaySession(stream, session, request.stdin),
  };
}
