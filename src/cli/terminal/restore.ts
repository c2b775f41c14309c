/**
 * What was changed about the user's terminal is changed back however the program ends: by
 * itself, by an error nobody caught, or by a signal. Against SIGKILL nothing helps.
 */
const steps: (() => void)[] = [];

/** Signals that end a program which does not listen to them. */
const deadly = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;
const handlers = deadly.map((name) => [name, () => onSignal(name)] as const);

/** Does `step` when disposed, or at the end of the program, whichever comes first. */
export function restoreAtEnd(step: () => void): Disposable {
  if (steps.length === 0) {
    process.on("exit", restoreAll);
    for (const [name, handler] of handlers) process.on(name, handler);
  }
  steps.push(step);
  return {
    [Symbol.dispose]() {
      const at = steps.indexOf(step);
      if (at < 0) return;
      steps.splice(at, 1);
      if (steps.length === 0) stopListening();
      step();
    },
  };
}

/** Latest first. A terminal that is gone cannot be changed back, and must not keep the program. */
function restoreAll(): void {
  for (let step = steps.pop(); step; step = steps.pop()) {
    try {
      step();
    } catch {}
  }
}

function onSignal(name: (typeof deadly)[number]): void {
  // Somebody else listens: it is for them to end the program or not.
  if (process.listenerCount(name) > 1) return;
  restoreAll();
  stopListening();
  process.kill(process.pid, name);
}

function stopListening(): void {
  process.off("exit", restoreAll);
  for (const [name, handler] of handlers) process.off(name, handler);
}
