import { invalidArgument } from "../../../errors/engine-error.ts";
import { emptyReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";

export async function postContainersResize(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const { height, width } = terminalSize(call);
  await containers.resize(call.param("name"), height, width);
  return emptyReply(200);
}

export function terminalSize(call: ApiCall): { height: number; width: number } {
  return { height: dimension(call, "h", "height"), width: dimension(call, "w", "width") };
}

function dimension(call: ApiCall, name: string, word: string): number {
  const text = call.text(name) ?? "";
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffffffff) {
    throw invalidArgument(`invalid resize ${word} ${JSON.stringify(text)}: must be a number`);
  }
  return Number(text);
}
