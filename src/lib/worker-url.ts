/**
 * Where `new Worker(…)` finds a file of this source tree (`sys/links-worker.ts`), both from
 * sources and inside the executable: there `import.meta.url` is that of the whole bundle. The
 * build looks for calls of this function to know which files are workers, so the argument
 * is always written out.
 */
export function workerUrl(fileBelowSrc: string): string {
  if (import.meta.url.startsWith("file:///$bunfs/")) {
    return `/$bunfs/root/src/${fileBelowSrc.replace(/\.ts$/, ".js")}`;
  }
  return new URL(`../${fileBelowSrc}`, import.meta.url).href;
}
