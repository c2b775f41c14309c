/**
 * Asks `url` again and again on several connections at a time, each request on a connection of its
 * own, until standard input ends; then prints how many were answered, with what, and what failed.
 */
const [url = "", width = "4"] = process.argv.slice(2);

const answers: Record<string, number> = {};
const failures: string[] = [];
let isOver = false;

async function ask(): Promise<void> {
  while (!isOver) {
    try {
      const response = await fetch(url, { keepalive: false, headers: { Connection: "close" } });
      const text = (await response.text()).trim();
      if (response.ok) answers[text] = (answers[text] ?? 0) + 1;
      else failures.push(`status ${response.status}`);
    } catch (error) {
      failures.push(String(error));
    }
    await Bun.sleep(5);
  }
}

void Bun.stdin.text().then(() => {
  isOver = true;
});
await Promise.all(Array.from({ length: Number(width) }, ask));
console.log(JSON.stringify({ answers, failures }));

export {};
