import type { PortService } from "../../../engine/services/ports.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import { portSpecs, wireAudit, wirePort } from "../../wire/port.ts";

export async function getPorts(_: ApiCall, ports: PortService): Promise<Reply> {
  return jsonReply(200, (await ports.audit()).map(wireAudit));
}

export async function postContainersPorts(call: ApiCall, ports: PortService): Promise<Reply> {
  const opened = await ports.add(call.param("name"), portSpecs(await call.json(), { containerPort: true }));
  return jsonReply(201, { Ports: opened.map(wirePort) });
}

export async function deleteContainersPorts(call: ApiCall, ports: PortService): Promise<Reply> {
  const closed = await ports.remove(
    call.param("name"),
    portSpecs(await call.json(), { containerPort: false }),
  );
  return jsonReply(200, { Ports: closed.map(wirePort) });
}
