import { afterAll, beforeAll, expect, test } from "bun:test";
import { checkNetworks } from "../../src/engine/networks/check.ts";
import { BuildLab, outputOf } from "./build-fixture.ts";

let lab: BuildLab;
beforeAll(async () => {
  lab = await BuildLab.open({ network: true });
});
afterAll(() => lab[Symbol.asyncDispose]());

const addressOf = `ip -4 addr show eth0 | sed -n 's|.*inet \\([^/]*\\)/.*|\\1|p'`;

test("a step is on the default bridge, reaches its gateway, and the next one has the same network", async () => {
  const text = `FROM busybox
RUN echo one; ${addressOf}; ping -c1 -W5 $(ip route | sed -n 's/default via \\([^ ]*\\).*/\\1/p') | grep -c 'bytes from'
RUN echo two; ${addressOf}`;
  const { output } = await lab.build(text, { network: "default" });
  const [, first, reached, , second] = output.trim().split("\n");
  expect(first).toMatch(/^10\.211\.\d+\.\d+$/);
  expect(reached).toBe("1");
  expect(second).toBe(first ?? "");
  expect(lab.context.lentSandboxes()).toHaveLength(1);
});

test("network check leaves a running step's network alone", async () => {
  let checked: Promise<unknown> | undefined;
  const events: Parameters<typeof outputOf>[0][number][] = [];
  const text = `FROM busybox\nRUN echo begun; sleep 0.5; ${addressOf}\nRUN ${addressOf}`;
  const { output } = await lab.build(text, {
    network: "default",
    noCache: true,
    onEvent: (event) => {
      events.push(event);
      if (!checked && outputOf(events).includes("begun"))
        checked = checkNetworks(lab.context, { repair: true });
    },
  });
  expect(await checked).toEqual([]);
  expect(output.match(/10\.211\./g)).toHaveLength(2);
});

test("steps of the host's network see its interfaces; a network that is not there is said so", async () => {
  const { output } = await lab.build("FROM busybox\nRUN --network=host ls /sys/class/net", {
    allow: new Set(["network.host"]),
  });
  expect(output).toContain(
    lab.context.records.networks.list().find(({ name }) => name === "bridge") ? "hb" : "lo",
  );
  const missing = lab.build("FROM busybox\nRUN true", { network: { name: "nowhere" } });
  await expect(missing).rejects.toThrow("network nowhere not found");
});
