/** One thing that is being done for a project, told again whenever it changes: what the progress tree shows. */
export interface TaskEvent {
  /** `Container shop-web-1`, `Network shop_default`; one word for what is pulled: a service, a layer. */
  readonly id: string;
  /** The task it belongs to: a layer belongs to its image. */
  readonly parent?: string;
  readonly status: "working" | "done" | "warning" | "error";
  /** `Creating`, `Started`, `Healthy`. */
  readonly text: string;
  /** What else there is to say; of several lines, the last ones something prints while it works. */
  readonly details?: string;
  readonly current?: number;
  readonly total?: number;
}

export type Report = (event: TaskEvent) => void;

const containerWord = "Container ";

export const containerTask = (name: string): string => containerWord + name;

/** The name of the container a task is about; undefined: it is about something else. */
export function containerOfTask(id: string): string | undefined {
  return id.startsWith(containerWord) ? id.slice(containerWord.length) : undefined;
}
