// `npm stop`: ends the engine that `npm start` started. Containers go on running.
import { existsSync, readFileSync } from "node:fs";

const pidFile = "/run/hull.pid";
const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8").trim()) : 0;
if (!pid || !existsSync(`/proc/${pid}`)) {
  console.log("the engine does not run");
} else {
  process.kill(pid, "SIGTERM");
  const end = Date.now() + 20_000;
  while (existsSync(`/proc/${pid}`)) {
    if (Date.now() > end) {
      console.error(`the engine (pid ${pid}) did not end within 20 seconds`);
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log("the engine has ended, containers go on running");
}
