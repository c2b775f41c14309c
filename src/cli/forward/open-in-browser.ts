import { unavailable } from "../../errors/engine-error.ts";

/** Hands an address to the desktop: BROWSER, `xdg-open`, or `open` on a Mac. */
export async function openInBrowser(url: string, env: NodeJS.ProcessEnv): Promise<void> {
  const program = env.BROWSER || (process.platform === "darwin" ? "open" : "xdg-open");
  try {
    const opener = Bun.spawn([program, url], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    opener.unref();
  } catch (error) {
    throw unavailable(`cannot open a browser: there is no ${program} here; open ${url} yourself`, error);
  }
}
