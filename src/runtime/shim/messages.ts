/**
 * Frames to the shim: type, length (4 bytes, big endian), payload. The other end and
 * the meaning of each type are described in `native/clients.c`.
 */
export const attachFlags = { stdin: 1, stdout: 2, stderr: 4, control: 8 } as const;

function frame(type: string, payload: Uint8Array | readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(5 + payload.length);
  bytes.write(type, 0, "latin1");
  bytes.writeUInt32BE(payload.length, 1);
  bytes.set(payload, 5);
  return bytes;
}

export const hello = (flags: number) => frame("H", [flags]);
export const stdinData = (bytes: Uint8Array) => frame("I", bytes);
export const stdinEnd = () => frame("E", []);
export const resize = (height: number, width: number) =>
  frame("R", [(height >> 8) & 255, height & 255, (width >> 8) & 255, width & 255]);
export const signal = (number: number) => frame("K", [number]);
export const goodbye = () => frame("C", []);

/** Where a process stands, as the shim's control lines and its exit file tell it. */
export type ShimState =
  | { readonly kind: "starting" }
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "failed"; readonly runtimeCode: number }
  | {
      readonly kind: "exited";
      readonly code: number;
      readonly signal: number;
      readonly oomKilled: boolean;
      readonly finishedAt: string;
    };

export function parseState(line: string): ShimState | undefined {
  const [word, ...fields] = line.trim().split(" ");
  switch (word) {
    case "starting":
      return { kind: "starting" };
    case "started":
      return { kind: "started", pid: Number(fields[0]) };
    case "failed":
      return { kind: "failed", runtimeCode: Number(fields[0]) };
    case "exited": {
      const [code, signalNumber, oom, time = "0.0"] = fields;
      return {
        kind: "exited",
        code: Number(code),
        signal: Number(signalNumber),
        oomKilled: oom === "1",
        finishedAt: timestamp(time),
      };
    }
    default:
      return undefined;
  }
}

/** `SECONDS.NANOSECONDS` as RFC 3339. */
function timestamp(time: string): string {
  const [seconds = "0", fraction = ""] = time.split(".");
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
}
