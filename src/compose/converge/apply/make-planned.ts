import { failpoint } from "../../../lib/failpoint.ts";
import type { ComposeContext } from "../../compose-context.ts";
import type { PlannedContainer } from "../../create/container-body.ts";
import { unlessGone } from "./work-on.ts";

// trail: compose up
/** Asks the engine for a container as it was planned, whole or not at all; gives its id. */
export async function makePlanned(
  context: ComposeContext,
  planned: PlannedContainer,
  service: string,
): Promise<string> {
  const { engine, report } = context;
  for (const sentence of planned.warnings) context.warn(sentence);
  await failpoint("compose.create");
  const { Id: id, Warnings: warnings } = await engine.call("ContainerCreate", {
    query: { name: planned.name, platform: planned.platform || undefined },
    body: planned.body,
  });
  for (const text of warnings ?? []) report({ id: service, status: "warning", text });
  await failpoint("compose.create.made");
  await connect(context, id, planned);
  return id;
}

/** Older engines take one network at creation, the others follow before the start. */
async function connect({ engine }: ComposeContext, id: string, planned: PlannedContainer): Promise<void> {
  if (planned.connect.length === 0) return;
  await using undo = new AsyncDisposableStack();
  undo.defer(() =>
    unlessGone(() => engine.call("ContainerDelete", { params: { id }, query: { force: true } })).then(
      () => {},
    ),
  );
  for (const { network, endpoint } of planned.connect) {
    await engine.call("NetworkConnect", {
      params: { id: network },
      body: { Container: id, EndpointConfig: endpoint },
    });
  }
  undo.move();
}
