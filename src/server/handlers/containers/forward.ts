import type { ForwardedConnection, ForwardRequest } from "../../../engine/services/containers.ts";
import { invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import type { HijackedStream, Reply } from "../../../http/reply.ts";
import { log } from "../../../lib/log.ts";
import { DatagramReader, frameDatagram } from "../../../protocol/datagram-frames.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";

/**
 * An extension of the API: `POST /containers/{id}/forward?port=80&protocol=tcp` takes the
 * connection over and joins it with one made inside the container. One request is one
 * connection: TCP's own flow control and half-close then hold from end to end, and no
 * connection waits behind another. Over UDP it carries framed datagrams of one peer.
 */
// trail: port-forward
export async function postContainersForward(
  call: ApiCall,
  { containers }: ContainersBackend,
): Promise<Reply> {
  const request = forwardRequest(call);
  const gone = new AbortController();
  const cut = () => gone.abort();
  const client = call.request.signal;
  client.addEventListener("abort", cut, { once: true });
  const inside = await containers.forward(call.param("name"), request, gone.signal);
  return {
    kind: "hijack",
    contentType: "application/vnd.docker.raw-stream",
    headers: {},
    async talk(stream) {
      client.removeEventListener("abort", cut);
      if (stream.signal.aborted) cut();
      stream.signal.addEventListener("abort", cut, { once: true });
      try {
        await join(stream, inside, request.protocol === "udp");
      } finally {
        stream.signal.removeEventListener("abort", cut);
        inside.close();
      }
    },
  };
}

function forwardRequest(call: ApiCall): ForwardRequest {
  const port = call.integer("port");
  if (port === undefined || port < 1 || port > 65535) {
    throw invalidArgument(`invalid port ${JSON.stringify(call.text("port") ?? "")}: must be 1 to 65535`);
  }
  const protocol = call.text("protocol") ?? "tcp";
  if (protocol !== "tcp" && protocol !== "udp") {
    throw invalidArgument(`invalid protocol ${JSON.stringify(protocol)}: must be tcp or udp`);
  }
  return { port, protocol };
}

/**
 * Both directions at their own pace; each ends on its own, a break of one breaks both. What a
 * container said last is delivered; then nothing holds on to one that has ended.
 */
async function join(stream: HijackedStream, inside: ForwardedConnection, datagrams: boolean): Promise<void> {
  const broken = (error: unknown) => {
    log.debug("forwarded connection broken off", { error: messageOf(error) });
    inside.close();
  };
  if (datagrams) void inside.ended.then(() => inside.close());
  const inward = relayInward(stream, inside, datagrams).catch(broken);
  try {
    for await (const bytes of inside.readable) {
      const waiting = stream.write(datagrams ? frameDatagram(bytes) : bytes);
      if (waiting) await waiting;
    }
    stream.closeWrite();
  } catch (error) {
    broken(error);
    throw error;
  }
  // A datagram socket has no half: when it failed there is nothing left to send to.
  if (!datagrams) await Promise.race([inward, inside.ended]);
}

async function relayInward(
  stream: HijackedStream,
  inside: ForwardedConnection,
  datagrams: boolean,
): Promise<void> {
  const reader = new DatagramReader();
  for await (const bytes of stream.input) {
    for (const piece of datagrams ? reader.push(bytes) : [bytes]) {
      const waiting = inside.write(piece);
      if (waiting) await waiting;
    }
  }
  if (datagrams) inside.close();
  else inside.closeWrite();
}
