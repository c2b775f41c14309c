import { EngineError, messageOf } from "../../errors/engine-error.ts";
import type { ContainerId } from "../../records/container-record.ts";
import { httpTarget, tcpTarget } from "./health-settings.ts";

export interface ProbeResult {
  readonly exitCode: number;
  readonly output: string;
}

/** A connection made inside a container's network namespace. */
export interface ProbeConnection {
  readonly output: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** What probes need of the engine. Both stop what they do when the signal fires. */
export interface ProbeTools {
  exec(
    container: ContainerId,
    command: readonly string[],
    signal: AbortSignal,
    onOutput: (bytes: Uint8Array) => void,
  ): Promise<number>;
  connect(container: ContainerId, host: string, port: number, signal: AbortSignal): Promise<ProbeConnection>;
}

export interface ProbeSubject {
  readonly id: ContainerId;
  readonly test: readonly string[];
  /** The image's SHELL, for CMD-SHELL. */
  readonly shell?: readonly string[] | null | undefined;
}

/** Runs one probe. What goes wrong is a failed probe, never an exception. */
export async function runProbe(
  subject: ProbeSubject,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const output = new LimitedText();
  try {
    const exitCode = await dispatch(subject, tools, signal, output);
    return { exitCode, output: output.text };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { exitCode: -1, output: new LimitedText().add(messageOf(error)).text };
  }
}

async function dispatch(
  subject: ProbeSubject,
  tools: ProbeTools,
  signal: AbortSignal,
  output: LimitedText,
): Promise<number> {
  const [kind, ...rest] = subject.test;
  const exec = (command: readonly string[]) =>
    tools.exec(subject.id, command, signal, (bytes) => output.addBytes(bytes));
  switch (kind) {
    case "CMD":
      return exec(rest);
    case "CMD-SHELL":
      return exec([...(subject.shell?.length ? subject.shell : ["/bin/sh", "-c"]), rest[0] ?? ""]);
    case "TCP":
      return tcpProbe(subject.id, rest[0] ?? "", tools, signal, output);
    case "HTTP":
      return httpProbe(subject.id, rest[0] ?? "", tools, signal, output);
    default:
      throw new EngineError("invalid_argument", `unknown type "${kind}" in Healthcheck`);
  }
}

async function tcpProbe(
  container: ContainerId,
  text: string,
  tools: ProbeTools,
  signal: AbortSignal,
  output: LimitedText,
): Promise<number> {
  const { host, port } = tcpTarget(text);
  try {
    (await tools.connect(container, host, port, signal)).close();
    output.add(`connected to ${host}:${port}`);
    return 0;
  } catch (error) {
    output.add(`connect to ${host}:${port}: ${messageOf(error)}`);
    return 1;
  }
}

/** Healthy is any answer of 200 to 399, as load balancers see it. */
async function httpProbe(
  container: ContainerId,
  text: string,
  tools: ProbeTools,
  signal: AbortSignal,
  output: LimitedText,
): Promise<number> {
  const { host, port, path, header } = httpTarget(text);
  let connection: ProbeConnection;
  try {
    connection = await tools.connect(container, host, port, signal);
  } catch (error) {
    output.add(`connect to ${host}:${port}: ${messageOf(error)}`);
    return 1;
  }
  try {
    const request = `GET ${path} HTTP/1.1\r\nHost: ${header}\r\nUser-Agent: hull-healthcheck\r\nAccept: */*\r\nConnection: close\r\n\r\n`;
    await connection.write(Buffer.from(request));
    let answer = "";
    for await (const bytes of connection.output) {
      answer += Buffer.from(bytes).toString("latin1");
      if (answer.length > 2 * LimitedText.limit) break;
    }
    const status = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n/.exec(answer);
    if (!status) {
      output.add(`no HTTP answer from ${host}:${port}${path}`);
      return 1;
    }
    const body = answer.slice(answer.search(/\r?\n\r?\n/)).trimStart();
    output
      .add(`${status[1]} ${status[2] ?? ""}`.trim())
      .add(body === "" ? "" : `\n${Buffer.from(body, "latin1")}`);
    const code = Number(status[1]);
    return code >= 200 && code < 400 ? 0 : 1;
  } finally {
    connection.close();
  }
}

/** Output of a probe: the first 4096 bytes, then dots. */
class LimitedText {
  static readonly limit = 4096;
  readonly #parts: Buffer[] = [];
  #left = LimitedText.limit;
  #cut = false;

  add(text: string): this {
    this.addBytes(Buffer.from(text));
    return this;
  }

  addBytes(bytes: Uint8Array): void {
    if (bytes.length > this.#left) this.#cut = true;
    // A copy: the caller may use its buffer again.
    this.#parts.push(Buffer.from(bytes.subarray(0, this.#left)));
    this.#left -= Math.min(bytes.length, this.#left);
  }

  get text(): string {
    return Buffer.concat(this.#parts).toString() + (this.#cut ? "..." : "");
  }
}
