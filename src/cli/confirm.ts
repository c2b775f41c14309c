import type { Terminal } from "./command.ts";

/** Asks on standard output and reads one line; anything but yes is no. */
export async function confirm(question: string, terminal: Terminal): Promise<boolean> {
  terminal.out(`${question} [y/N] `);
  const reader = Bun.stdin.stream().getReader();
  const decoder = new TextDecoder();
  let answer = "";
  while (!answer.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    answer += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return /^(y|yes)$/i.test((answer.split("\n")[0] ?? "").trim());
}
