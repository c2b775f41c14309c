/**
 * Waits for a condition by asking again and again, gently. Gives what `ask` gave when it was
 * neither undefined nor false; throws with the description when the time is over.
 */
export async function until<T>(
  description: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 15_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 100)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain for: ${description}`);
    await Bun.sleep(pause);
  }
}
