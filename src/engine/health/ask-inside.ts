import type { LiveContainer } from "../containers/live-container.ts";
import type { EngineContext } from "../context.ts";
import type { HealthTest } from "./health-state.ts";

/** Asks a port from inside the container's network: no shell, no tool in the image needed. */
export async function askInside(
  context: EngineContext,
  container: LiveContainer,
  test: Extract<HealthTest, { kind: "http" | "tcp" }>,
  limit: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  const { state } = container.record;
  if (!("pid" in state)) throw new Error("the container does not run");
  const namespace = `/proc/${state.pid}/ns/net`;
  if (test.kind === "tcp") {
    const connection = await context.connectInside(
      namespace,
      { host: test.host, port: test.port, protocol: "tcp" },
      limit,
    );
    connection.close();
    return { exitCode: 0, output: `connected to ${test.host}:${test.port}` };
  }
  return askHttp(context, namespace, new URL(test.url), limit);
}

async function askHttp(
  context: EngineContext,
  namespace: string,
  url: URL,
  limit: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  if (url.protocol !== "http:")
    throw new Error("only http:// can be probed from inside the container's network");
  const port = Number(url.port || "80");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const connection = await context.connectInside(namespace, { host, port, protocol: "tcp" }, limit);
  try {
    await connection.write(
      new TextEncoder().encode(
        `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUser-Agent: hull-health\r\nConnection: close\r\n\r\n`,
      ),
    );
    let answer = "";
    const decoder = new TextDecoder();
    for await (const chunk of connection.readable) {
      answer += decoder.decode(chunk, { stream: true });
      if (answer.length > 8192) break;
    }
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? "0");
    const body = answer.slice(answer.indexOf("\r\n\r\n") + 4).trim();
    const first = answer.split("\r\n", 1)[0] ?? "";
    return {
      exitCode: status >= 200 && status < 400 ? 0 : 1,
      output: body === "" ? first : `${first}\n${body}`,
    };
  } finally {
    connection.close();
  }
}
