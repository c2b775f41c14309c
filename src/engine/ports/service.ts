import type { EngineContext } from "../context.ts";
import type { PortService } from "../services/ports.ts";
import { addPorts } from "./add.ts";
import { auditPorts } from "./audit.ts";
import { removePorts } from "./remove.ts";

export function portService(context: EngineContext): PortService {
  return {
    add: (nameOrId, ports) => addPorts(context, nameOrId, ports),
    remove: (nameOrId, ports) => removePorts(context, nameOrId, ports),
    audit: () => auditPorts(context),
  };
}
