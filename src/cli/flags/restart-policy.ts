import { invalidArgument } from "../../errors/engine-error.ts";

export interface RestartWish {
  readonly Name: string;
  readonly MaximumRetryCount: number;
}

/** `on-failure:3`; which policies there are is the engine's word. */
export function restartPolicy(text: string): RestartWish {
  if (text === "") return { Name: "", MaximumRetryCount: 0 };
  const wrong = (why: string) => invalidArgument(`invalid restart policy format: ${why}`);
  const [name = "", count, ...more] = text.split(":");
  if (name === "") throw wrong("no policy provided before colon");
  if (more.length > 0 || (count !== undefined && !/^[+-]?\d+$/.test(count))) {
    throw wrong("maximum retry count must be an integer");
  }
  return { Name: name, MaximumRetryCount: Number(count ?? 0) };
}
