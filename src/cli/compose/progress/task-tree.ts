import type { TaskEvent } from "../../../compose/task.ts";

/** A task as it stands now. */
export interface TaskView {
  readonly id: string;
  parent: string | undefined;
  status: TaskEvent["status"];
  text: string;
  details: string;
  current: number;
  total: number;
  readonly startedAt: number;
  endedAt: number | undefined;
}

/** What is known of the tasks from their events, in the order in which they were first heard of. */
export class TaskTree {
  readonly #tasks = new Map<string, TaskView>();
  readonly #now: () => number;

  /** `now`: this machine's clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add({ id, parent, status, text, details = "", current = 0, total = 0 }: TaskEvent): void {
    const now = this.#now();
    const endedAt = status === "working" ? undefined : now;
    const known = this.#tasks.get(id);
    if (!known) {
      this.#tasks.set(id, { id, parent, status, text, details, current, total, startedAt: now, endedAt });
      return;
    }
    // A layer of several images stays with the first: it must not jump.
    known.parent ??= parent;
    known.endedAt = status === known.status ? (known.endedAt ?? endedAt) : endedAt;
    known.status = status;
    known.text = text;
    known.details = details;
    // Bars never go back; a layer is downloaded first and then unpacked.
    known.current = text === known.text ? Math.max(known.current, current) : current;
    known.total = Math.max(known.total, total);
  }

  get size(): number {
    return this.#tasks.size;
  }

  all(): TaskView[] {
    return [...this.#tasks.values()];
  }

  roots(): TaskView[] {
    return this.all().filter(({ parent }) => parent === undefined || !this.#tasks.has(parent));
  }

  below({ id }: TaskView): TaskView[] {
    return this.all().filter(({ parent }) => parent === id);
  }

  /** Milliseconds since it began, or what it took. */
  timeOf({ startedAt, endedAt }: TaskView): number {
    return (endedAt ?? this.#now()) - startedAt;
  }
}
