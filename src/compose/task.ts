/** One thing that is being done for a project, told again whenever it changes: what the progress tree shows. */
export interface TaskEvent {
  /** `Container shop-web-1`, `Network shop_default`, `Image busybox`. */
  readonly id: string;
  /** The task it belongs to: a layer belongs to its image. */
  readonly parent?: string;
  readonly status: "working" | "done" | "warning" | "error";
  /** `Creating`, `Started`, `Healthy`. */
  readonly text: string;
  readonly details?: string;
  readonly current?: number;
  readonly total?: number;
}

export type Report = (event: TaskEvent) => void;
