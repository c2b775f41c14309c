import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Where the time of a request went. `HULL_TRACE=1` prints every span, `HULL_TRACE=net,solver`
 * only spans whose name starts with one of these words. Off, a span costs one comparison.
 */
const wanted = process.env.HULL_TRACE ?? "";
const enabled = wanted !== "" && wanted !== "0";
const prefixes = wanted === "1" ? [] : wanted.split(",").filter((word) => word !== "");

interface Trace {
  readonly label: string;
  readonly began: number;
  readonly spans: { name: string; start: number; end: number; depth: number }[];
  depth: number;
}

const current = new AsyncLocalStorage<Trace>();

/** Runs `work` as one traced request and prints its spans when it settles. */
export async function traced<T>(label: string, work: () => Promise<T>): Promise<T> {
  if (!enabled) return work();
  const trace: Trace = { label, began: performance.now(), spans: [], depth: 0 };
  try {
    return await current.run(trace, work);
  } finally {
    print(trace);
  }
}

/** Times `work` as a named part of the current request. */
export async function span<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const trace = enabled ? current.getStore() : undefined;
  if (!trace) return work();
  const entry = { name, start: performance.now(), end: 0, depth: trace.depth++ };
  trace.spans.push(entry);
  try {
    return await work();
  } finally {
    entry.end = performance.now();
    trace.depth--;
  }
}

function print(trace: Trace): void {
  const ms = (value: number) => value.toFixed(2).padStart(8);
  const rows = trace.spans.filter(
    (row) => prefixes.length === 0 || prefixes.some((word) => row.name.startsWith(word)),
  );
  if (prefixes.length > 0 && rows.length === 0) return;
  let text = `trace ${ms(performance.now() - trace.began)} ms  ${trace.label}\n`;
  for (const row of rows) {
    text += `  at ${ms(row.start - trace.began)} took ${ms((row.end || performance.now()) - row.start)}  ${"  ".repeat(row.depth)}${row.name}\n`;
  }
  process.stderr.write(text);
}
