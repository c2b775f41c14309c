import { statSync } from "node:fs";

/**
 * Where the caller stands, by the name the shell shows: a symbolic link keeps its own. Projects are
 * called after it, and Docker Compose would give another one the same containers.
 */
export function workingDirectory({ PWD: shown }: NodeJS.ProcessEnv): string {
  const real = process.cwd();
  if (!shown?.startsWith("/") || shown === real) return real;
  const [there, here] = [statSync(shown, { throwIfNoEntry: false }), statSync(real)];
  return there?.dev === here.dev && there.ino === here.ino ? shown : real;
}
