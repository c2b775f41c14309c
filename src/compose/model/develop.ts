import type { Extensions } from "./extensions.ts";
import type { Hook } from "./service-parts.ts";

export interface Develop {
  readonly watch?: readonly Trigger[];
  readonly extensions?: Extensions;
}

export interface Trigger {
  readonly path: string;
  readonly action: "sync" | "rebuild" | "restart" | "sync+restart" | "sync+exec";
  readonly target?: string;
  readonly exec?: Hook;
  readonly include?: readonly string[];
  readonly ignore?: readonly string[];
  readonly initial_sync?: boolean;
  readonly extensions?: Extensions;
}
