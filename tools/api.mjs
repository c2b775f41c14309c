// A few calls to the Engine API with nothing but Node, for the set-up scripts.
import { request } from "node:http";

export function api(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const isTar = Buffer.isBuffer(body);
    const payload = body === undefined ? undefined : isTar ? body : Buffer.from(JSON.stringify(body));
    const headers =
      payload === undefined
        ? {}
        : {
            "content-type": isTar ? "application/x-tar" : "application/json",
            "content-length": payload.length,
          };
    const call = request({ socketPath, method, path, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, bytes, text: bytes.toString() });
      });
    });
    call.on("error", reject);
    call.end(payload);
  });
}

export async function ping(socketPath) {
  try {
    return (await api(socketPath, "GET", "/_ping")).status === 200;
  } catch {
    return false;
  }
}

/** Create, start, wait, logs, remove; what was printed and the exit code. */
export async function runContainer(socketPath, image, command) {
  const call = async (method, path, body) => {
    const answer = await api(socketPath, method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.trim()}`);
    return answer;
  };
  const { Id: id } = JSON.parse(
    (await call("POST", "/containers/create", { Image: image, Cmd: command })).text,
  );
  try {
    await call("POST", `/containers/${id}/start`);
    const { StatusCode: exitCode } = JSON.parse((await call("POST", `/containers/${id}/wait`)).text);
    const logs = await call("GET", `/containers/${id}/logs?stdout=1&stderr=1`);
    return { output: withoutFrames(logs.bytes), exitCode };
  } finally {
    await api(socketPath, "DELETE", `/containers/${id}?force=1`);
  }
}

/** Output comes in frames: stream, three zeros, length, payload. */
function withoutFrames(bytes) {
  let text = "";
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    text += bytes.toString("utf8", at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text;
}
