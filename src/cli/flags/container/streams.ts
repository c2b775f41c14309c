import { invalidArgument } from "../../../errors/engine-error.ts";
import type { FlagValues } from "../flag.ts";
import { booleanFlag, listFlag } from "../flag.ts";

type Stream = "stdin" | "stdout" | "stderr";

function parseStream(text: string): Stream {
  const name = text.toLowerCase();
  if (name === "stdin" || name === "stdout" || name === "stderr") return name;
  throw invalidArgument("valid streams are STDIN, STDOUT and STDERR");
}

export const streamFlags = {
  attach: listFlag("Attach to STDIN, STDOUT or STDERR", { short: "a", parse: parseStream }),
  interactive: booleanFlag("Keep STDIN open even if not attached", { short: "i" }),
  tty: booleanFlag("Allocate a pseudo-TTY", { short: "t" }),
};

export interface Streams {
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
}

export function streamsOf(values: FlagValues<typeof streamFlags>): Streams {
  const has = (stream: Stream) => values.attach.includes(stream);
  const asked = values.attach.length > 0;
  const stdin = has("stdin") || values.interactive;
  return {
    AttachStdin: stdin,
    AttachStdout: asked ? has("stdout") : true,
    AttachStderr: asked ? has("stderr") : true,
    Tty: values.tty,
    OpenStdin: values.interactive,
    StdinOnce: values.interactive && stdin,
  };
}
