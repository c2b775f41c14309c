import { invalidArgument } from "../../errors/engine-error.ts";
import type { ConfigFile } from "../model/resources.ts";
import type { FileReference } from "../model/service-parts.ts";
import type { ContainerWish } from "./container-body.ts";

/** A config or secret of a service, with what the project says of it. */
export interface ReferredFile {
  readonly kind: "config" | "secret";
  readonly reference: FileReference;
  readonly defined: ConfigFile;
  /** Where it is in the container. */
  readonly target: string;
}

/** Secrets first: where two have one target, they win. */
export function referredFiles({ project, service }: ContainerWish): readonly ReferredFile[] {
  return [
    ...(service.secrets ?? []).map((reference) =>
      referred("secret", "/run/secrets/", reference, project.secrets[reference.source]),
    ),
    ...(service.configs ?? []).map((reference) =>
      referred("config", "/", reference, project.configs[reference.source]),
    ),
  ];
}

/** Content, of the file itself or of a variable, is copied into the container; a file is mounted. */
export const isCopied = ({ defined }: ReferredFile): boolean =>
  defined.environment !== undefined || defined.content !== undefined;

function referred(
  kind: ReferredFile["kind"],
  folder: string,
  reference: FileReference,
  defined: ConfigFile | undefined,
): ReferredFile {
  if (!defined) throw invalidArgument(`undefined ${kind} ${JSON.stringify(reference.source)}`);
  if (defined.external) throw invalidArgument(`unsupported external ${kind} ${defined.name}`);
  if (defined.driver)
    throw invalidArgument(
      `${kind}s.${reference.source}.driver is for clusters: one engine keeps no ${kind}s`,
    );
  if (defined.template_driver) {
    throw invalidArgument(
      `${kind}s.${reference.source}.template_driver is for clusters: one engine fills in no templates`,
    );
  }
  const wanted = reference.target || reference.source;
  const absolute = wanted.startsWith("/") || /^([A-Za-z]:[\\/]|\\\\)/.test(wanted);
  return { kind, reference, defined, target: absolute ? wanted : `${folder}${wanted}` };
}
